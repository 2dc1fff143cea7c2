using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Requests;

/// <summary><c>gateway requests list</c>.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var call = new RequestCall();
        var overdue = new Option<bool>("--overdue") { Description = "Only those that should have been answered." };
        var all = new Option<bool>("--all") { Description = "Those that have ended too." };
        var command = new Command("list", "List requests of customers, the oldest first, without personal data. Example: gateway requests list --overdue -o json")
        {
            overdue,
            all,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var requests = new List<CustomerRequest>();
            var asked = new ListRequestsRequest { Overdue = parsed.GetValue(overdue), IncludeResolved = parsed.GetValue(all), PageSize = 500 };
            do
            {
                var page = await call.RunAsync(parsed, client => client.ListRequestsAsync(asked, cancellationToken: cancellationToken));
                requests.AddRange(page.Requests);
                asked.PageToken = page.NextPageToken;
            }
            while (asked.PageToken.Length > 0);

            RequestCall.Print(call.Format(parsed), requests);
            if (requests.Count == 0)
            {
                Output.Note(asked.Overdue ? "No request is overdue." : "There are no such requests.");
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
