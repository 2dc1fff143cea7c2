using System.Text;
using Gateway.Calls;
using Gateway.Core.Contracts;
using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Contract.V1;

namespace Gateway.Commands.Partner.Pack;

/// <summary>Samples that run as they are: with the first call that the contract grants written into them.</summary>
internal static class SampleCalls
{
    private const string Describe = "gateway.contract.v1.ContractService/DescribeContract";

    // What each call about one's own contract is for; those that this gateway does not serve are left out.
    private static readonly (string Method, string Use)[] s_own =
    [
        ("DescribeContract", "what you may call and get, and why"),
        ("ExplainAccess", "a dry run of a call: what it would release, and what not and why"),
        ("ListNotices", "what you have to correct, erase or return"),
        ("WatchNotices", "the same as a stream"),
        ("AcknowledgeNotice", "tells that you acted on a notice"),
        ("ConfirmDeletion", "tells that you deleted what was past its `delete_by`, by receipt or by date"),
    ];

    public static byte[] Read(string name, Contract contract)
    {
        var (method, request, purpose) = Of(contract);
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(PackProtos.Resource($"Samples/{name}"))
            .Replace("@METHOD@", method, StringComparison.Ordinal).Replace("@REQUEST@", request, StringComparison.Ordinal)
            .Replace("@PURPOSE@", purpose, StringComparison.Ordinal));
    }

    public static string Readme(Contract contract)
    {
        var page = new StringBuilder($"""
            # For the integrators of {Markdown.Text(contract.Partner.Name)}

            | file | what it is |
            |---|---|
            | `CONTRACT.md` | what you may call and get, for which purpose, until when, and what is withheld |
            | `REFUSALS.md` | why a call can be refused, and whether to retry |
            | `protos/` | the services you may call, with all that they import; they compile with `protoc` and its well-known types alone |
            | `ca.pem` | what your client trusts: the authority of the gateway's certificate |
            | `samples/call.sh`, `samples/call.mjs` | calls that run: with `buf`, and with Node |

            Connect with HTTP/2 over mutual TLS with the certificate that the shop issued for `{contract.Identity.Uri}`; its key never leaves you.
            Where your contract leaves a choice, name the purpose in the metadata `gateway-purpose`; `gateway-read-mask: order_id,address.locality` gets less than granted.
            Each answer has a receipt: when, what was released and withheld, and by when you delete it.

                CERT=you.pem KEY=you.key GATEWAY=host:8443 sh samples/call.sh

            Calls of `gateway.contract.v1.ContractService`, about your own contract:


            """);
        var served = ContractReflection.Descriptor.Services[0].Methods.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        page.Table(["method", "what it is for"], s_own.Where(o => served.Contains(o.Method)).Select(o => (string[])[$"`{o.Method}`", o.Use]));
        return page.ToString();
    }

    private static (string Method, string Request, string Purpose) Of(Contract contract)
    {
        var methods = contract.Grants.SelectMany(g => g.Methods.Select(m => (Grant: g, Method: PartnerServices.Catalogue.Methods[m])))
            .OrderBy(m => m.Method.FullName, StringComparer.Ordinal).ToArray();
        if (methods.FirstOrDefault(m => m.Method.Shape == Shape.List) is { Grant: { } listed } list)
        {
            return (list.Method.FullName, """{"page_size": 2}""", listed.Purpose.Key);
        }

        return methods.FirstOrDefault(m => m.Method.Shape == Shape.Get) is { Grant: { } got } get
            ? (get.Method.FullName, $$"""{"{{got.Record.Key.Path}}": "a-key-you-have"}""", got.Purpose.Key)
            : (Describe, "{}", "");
    }
}
