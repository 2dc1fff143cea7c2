using System.CommandLine;
using Gateway.Commands.Subject;
using Gateway.Demo.AccountSite;

namespace Gateway.Commands.Call;

/// <summary><c>gateway call</c>: any method of any gateway, as a partner.</summary>
internal static class CallCommand
{
    public static Command Create()
    {
        var method = new Argument<string>("method") { Description = "SERVICE/METHOD, e.g. FulfilmentService/GetShipment." };
        var partner = CommonOptions.As(fallback: null);
        var data = new Option<string>("--data", "-d") { Description = "The request as JSON.", DefaultValueFactory = _ => "{}" };
        var purpose = new Option<string?>("--purpose") { Description = "Names a purpose where the contract leaves a choice." };
        var mask = new Option<string?>("--read-mask") { Description = "Narrows the answer: order_id,address.locality" };
        var subject = new Option<string?>("--subject") { Description = "On SubjectService: the customer; signs an assertion with NAME-assertion.key of the certificates folder." };
        var deadline = new Option<int>("--deadline") { Description = "Seconds until the caller gives up; streams run until then.", DefaultValueFactory = _ => 30 };
        var count = new Option<int?>("--count") { Description = "On a stream: stop after so many messages." };
        var gateway = CommonOptions.Partners();
        var certificates = CommonOptions.Certificates();

        var command = new Command("call", """
            Calls a method as a partner over mutual TLS; prints the answer as JSON, and the receipt on stderr.

            Example: gateway call FulfilmentService/GetShipment --as northgate-warehouse -d '{"order_id":"A-1001"}'
            """)
        {
            method, partner, data, purpose, mask, subject, deadline, count, gateway, certificates,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = PartnerMethod.Find(parsed.GetRequiredValue(method));
            var request = target.ParseRequest(parsed.GetRequiredValue(data));
            var options = new CallTerms(parsed.GetValue(purpose), parsed.GetValue(mask), TimeSpan.FromSeconds(parsed.GetValue(deadline)))
            {
                SubjectAssertion = parsed.GetValue(subject) is { } id
                    ? AssertCommand.Make(DemoAccountSite.KeyFile(parsed.GetRequiredValue(certificates), parsed.GetRequiredValue(partner)), parsed.GetRequiredValue(partner), id)
                    : null,
            };
            using var channel = MutualTlsChannel.Open(
                parsed.GetRequiredValue(certificates), parsed.GetRequiredValue(partner), parsed.GetRequiredValue(gateway));
            return await PartnerCall.RunAsync(channel, target, request, options, parsed.GetValue(count) ?? int.MaxValue, cancellationToken);
        });
        return command;
    }
}
