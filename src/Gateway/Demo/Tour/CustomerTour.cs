using System.Globalization;
using Gateway.Commands;
using Gateway.Commands.Subject;
using Gateway.Core.Subjects;
using Gateway.Demo.AccountSite;
using Gateway.Protos.Subject.V1;
using Grpc.Core;

namespace Gateway.Demo.Tour;

/// <summary>What the order's own customer is told of it, through the shop's account site.</summary>
internal sealed class CustomerTour(DirectoryInfo certificates, int port)
{
    // This tour's disclosures and no more: an older demo's shop has many.
    private const int Shown = 3;

    public async Task ShowAsync(string customer, CancellationToken cancellationToken)
    {
        using var channel = MutualTlsChannel.Open(certificates, DemoAccountSite.Partner, string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"));
        var assertion = AssertCommand.Make(DemoAccountSite.KeyFile(certificates, DemoAccountSite.Partner), DemoAccountSite.Partner, customer);
        var told = await new SubjectService.SubjectServiceClient(channel).ListDisclosuresAsync(
            new ListDisclosuresRequest { PageSize = Shown }, new Metadata { { SubjectAccess.MetadataKey, assertion } }, cancellationToken: cancellationToken);
        foreach (var disclosure in told.Disclosures)
        {
            Output.Data($"{disclosure.Recipient.Name} ({disclosure.Recipient.Country}) got {disclosure.RecordTitle}: {string.Join(", ", disclosure.Fields.Select(Words))}");
            Output.Data(string.Create(CultureInfo.InvariantCulture, $"    \"{disclosure.Promise}\"; to be deleted by {disclosure.DeleteBy.ToDateTime():yyyy-MM-dd}"));
        }
    }

    private static string Words(Disclosure.Types.Field field) => field.Form.Length == 0 ? field.Title : $"{field.Title} ({field.Form})";
}
