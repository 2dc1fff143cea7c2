using System.CommandLine;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Log;

/// <summary>The filters of <c>gateway log</c>, the same for each of its commands.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string> _partner = new("--partner") { Description = "Caller's partner id, or what an administration was done to." };
    private readonly Option<string> _purpose = new("--purpose") { Description = "Purpose: essential.service.payment_processing." };
    private readonly Option<string> _method = new("--method") { Description = "Method: gateway.payment.v1.PaymentService/GetCharge." };
    private readonly Option<string> _kind = new("--kind") { Description = "disclosure, refusal or administration." };
    private readonly Option<string> _outcome = new("--outcome") { Description = "released, refused or failed." };
    private readonly Option<string> _refusal = new("--refusal") { Description = "Reason of a refusal: RATE_EXCEEDED." };
    private readonly Option<string> _action = new("--action") { Description = "Act of an administration: subject.forget, partner.suspend." };
    private readonly Option<string> _record = new("--record") { Description = "Record's pseudonym, 32 hex digits, as the log shows it." };
    private readonly Option<string> _subject = new("--subject") { Description = "A person, by the shop's customer id. It is not stored." };
    private readonly Option<string> _lookup = new("--lookup") { Description = "A record by type and key, Shipment/ORD-1001: the source tells whose it is." };
    private readonly Option<string> _field = new("--field") { Description = "A path that was released, or the message that holds it: address." };
    private readonly Option<string> _trace = new("--trace") { Description = "Trace id, the gateway's or the partner's own." };
    private readonly Option<string> _key = new("--key") { Description = "Caller's key, sha256:…" };
    private readonly Option<string> _receipt = new("--receipt") { Description = "Receipt id." };
    private readonly Option<DateTimeOffset?> _since;
    private readonly Option<(DateTimeOffset, DateTimeOffset)?> _between;

    public FilterOptions(TimeProvider clock)
    {
        _since = new Option<DateTimeOffset?>("--since")
        {
            Description = "From this instant on: 2026-03-01, 2026-03-01T12:00Z, or so long ago: 90s, 15m, 2h, 7d.",
            CustomParser = result => Instants.Time(result.Tokens[0].Value, clock, result),
        };
        _between = Instants.Between(clock);
        _kind.AcceptOnlyFromAmong("disclosure", "refusal", "administration");
        _outcome.AcceptOnlyFromAmong("released", "refused", "failed");
    }

    public void AddTo(Command command)
    {
        foreach (var option in (System.CommandLine.Option[])
            [
                _partner, _purpose, _method, _kind, _outcome, _refusal, _action, _record, _subject, _lookup, _field, _trace, _key, _receipt,
                _since, _between,
            ])
        {
            command.Options.Add(option);
        }
    }

    public EntryFilter Read(ParseResult parsed)
    {
        var between = parsed.GetValue(_between);
        var since = between?.Item1 ?? parsed.GetValue(_since);
        return new EntryFilter
        {
            Partner = parsed.GetValue(_partner) ?? "",
            Purpose = parsed.GetValue(_purpose) ?? "",
            Method = parsed.GetValue(_method) ?? "",
            Kind = parsed.GetValue(_kind) is { } kind ? System.Enum.Parse<Kind>(kind, ignoreCase: true) : Kind.Unspecified,
            Outcome = parsed.GetValue(_outcome) is { } outcome ? System.Enum.Parse<Outcome>(outcome, ignoreCase: true) : Outcome.Unspecified,
            Refusal = parsed.GetValue(_refusal) ?? "",
            Action = parsed.GetValue(_action) ?? "",
            Record = parsed.GetValue(_record) ?? "",
            SubjectId = parsed.GetValue(_subject) ?? "",
            Lookup = parsed.GetValue(_lookup) ?? "",
            Field = parsed.GetValue(_field) ?? "",
            Trace = parsed.GetValue(_trace) ?? "",
            Key = parsed.GetValue(_key) ?? "",
            Receipt = parsed.GetValue(_receipt) ?? "",
            Since = since is { } first ? Timestamp.FromDateTimeOffset(first) : null,
            Until = between is { } range ? Timestamp.FromDateTimeOffset(range.Item2) : null,
        };
    }
}
