using Gateway.Core.Annotations;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Tests.Wire;

/// <summary>One call of the matrix.</summary>
/// <param name="Method">The method.</param>
/// <param name="Purpose">The metadata; null for none.</param>
/// <param name="Mask">The metadata; null for none.</param>
/// <param name="KeyField">For a Get, by which field it asks.</param>
/// <param name="Keys">What it asks for.</param>
internal sealed record WireCase(ServiceMethod Method, string? Purpose, string? Mask, string KeyField, IReadOnlyList<string> Keys)
{
    public override string ToString() =>
        $"{Method.Name}({KeyField} {string.Join(',', Keys.Take(3))}{(Keys.Count > 3 ? ",…" : "")}) purpose={Purpose ?? "-"} mask={(Mask is null ? "-" : $"'{Mask}'")}";
}

/// <summary>The cases of one partner.</summary>
internal sealed class WireCases(OracleGateway oracle, IReadOnlyDictionary<string, string> orderStatus)
{
    private static readonly string?[] s_purposes =
    [
        null, "", "essential.service.fulfillment.warehousing", "essential.service.fulfillment.delivery", "essential.service.payment_processing",
        "essential.fraud_detection", "essential.service.fulfillment.electronic_delivery", "essential.service.notifications.email",
        "marketing.communications.email", "marketing.communications.email.surveys", "marketing.advertising", "no such purpose", "ESSENTIAL.FRAUD_DETECTION",
    ];

    private static readonly string?[] s_masks =
    [
        null, "", "  ", "order_id", " order_id , status,service_level ", "order_id,order_id", "address", "billing_address", "lines", "lines.sku", "lines.title",
        "gift_message", "email", "phone_number", "address.locality,lines.quantity,recipient_name", "billing_address.postal_code", "amount", "amount.units",
        "customs_description", "declared_value,tracking_number,email", "requested_ship_time", "nope", "order_id,nope", "address.nope", "order_id,", ",", "ORDER_ID",
        "subscriber_id,email", "list", "given_name,since", "download_reference,title", "address.*", "*", "receipt", "order_id.x",
    ];

    public IEnumerable<WireCase> Of(string partner)
    {
        foreach (var method in OracleGateway.Methods)
        {
            var keys = Keys(method);
            foreach (var purpose in s_purposes)
            {
                foreach (var mask in s_masks.Append(string.Join(',', oracle.Record(method).Leaves)))
                {
                    var answered = oracle.Decide(partner, method, purpose, mask).Reason.Length == 0;
                    if (!answered && method.Shape != Shape.Get && mask is not (null or "nope"))
                    {
                        // What refuses one shape by its metadata refuses the others in the same place.
                        continue;
                    }

                    foreach (var (field, asked) in Asked(method, keys, answered))
                    {
                        yield return new WireCase(method, purpose, mask, field, asked);
                    }
                }
            }
        }
    }

    private static IEnumerable<(string Field, IReadOnlyList<string> Keys)> Asked(
        ServiceMethod method, List<(string Field, string Value)> keys, bool answered)
    {
        var own = keys.Where(k => k.Field == keys[0].Field).Select(k => k.Value).ToArray();
        return method.Shape switch
        {
            // A call that is refused whatever it asks for need not ask for everything.
            Shape.Get => (answered ? keys : [keys[0]]).Select(k => (k.Field, (IReadOnlyList<string>)[k.Value])),
            Shape.BatchGet => own.Chunk(100).Select(c => ("", (IReadOnlyList<string>)c)),
            _ => [("", [])],
        };
    }

    /// <summary>Every kind of row by each of its keys, one order that has two charges, and what nobody has.</summary>
    private List<(string Field, string Value)> Keys(ServiceMethod method)
    {
        var record = oracle.Record(method);
        var rows = oracle.Samples(method, row =>
            row.Columns.ContainsKey("status") ? row.Text("status")
            : row.Columns.ContainsKey("list") ? row.Text("list")
            : orderStatus[row.Text("order_id")]);
        return [.. record.Keys.SelectMany(field => rows.Select(r => r.Text(field)).Concat(["A-1002", "A-999999999", "Ω' OR 1=1"]).Distinct(StringComparer.Ordinal).Select(value => (field, value)))];
    }
}
