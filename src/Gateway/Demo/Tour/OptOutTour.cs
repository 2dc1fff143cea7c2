using System.Diagnostics;
using System.Globalization;
using Gateway.Commands;
using Gateway.Demo.Shop;
using Gateway.Protos.Mailing.V1;
using Google.Rpc;
using Grpc.Core;

namespace Gateway.Demo.Tour;

/// <summary>One customer who wants the newsletter no more, and again: what a stream that runs meanwhile is told.</summary>
internal sealed class OptOutTour(DirectoryInfo certificates, int port, string shop)
{
    private const string Mailer = "meridian-mail";

    // A sample: whose mind the demo's shop never changes by itself.
    private const int Customer = DemoShop.FirstCustomer + 2;

    private static readonly string s_key = ShopMail.NewsletterId(Customer);

    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var channel = MutualTlsChannel.Open(certificates, Mailer, string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"));
        var client = new MailingService.MailingServiceClient(channel);
        Say("requested");
        using var stream = client.WatchSubscribers(new WatchSubscribersRequest(), cancellationToken: limit.Token);
        var given = await UntilAsync(stream, m => m.Subscriber?.SubscriberId == s_key, limit.Token);
        Output.Data($"{Mailer} watches:     {s_key} {given.Subscriber.Email} (list {given.Subscriber.List})");

        Say("opted_out");
        var started = Stopwatch.GetTimestamp();
        var gone = await UntilAsync(stream, m => m.Tombstone?.Key == s_key, limit.Token);
        Output.Data($"the customer opts out: tombstone {gone.Tombstone.Key} {gone.Tombstone.Reason} in the running stream after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        Output.Data($"{Mailer} asks:        {await AskAsync(client, s_key, limit.Token)}, as for one that does not exist: {await AskAsync(client, "N-0", limit.Token)}");

        Say("requested");
        await UntilAsync(stream, m => m.Subscriber?.SubscriberId == s_key, limit.Token);
        Output.Data($"the customer is back:  {s_key} comes again, in the same stream");
    }

    // As the shop would, in its own table: the gateway is told nothing.
    private void Say(string state)
    {
        using var connection = DemoShop.Open(shop);
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO preferences VALUES ($customer, $list, $state, $now)
            ON CONFLICT (customer_id, topic) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at
            """;
        command.Parameters.AddWithValue("$customer", string.Create(CultureInfo.InvariantCulture, $"C-{Customer}"));
        command.Parameters.AddWithValue("$list", ShopMail.Newsletter);
        command.Parameters.AddWithValue("$state", state);
        command.Parameters.AddWithValue("$now", ShopWriter.Time(TimeProvider.System.GetUtcNow()));
        command.ExecuteNonQuery();
    }

    private static async Task<string> AskAsync(MailingService.MailingServiceClient client, string key, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = key }, cancellationToken: cancellationToken);
            return "released";
        }
        catch (RpcException e) when (e.GetRpcStatus()?.GetDetail<ErrorInfo>() is { } info)
        {
            return info.Reason;
        }
    }

    private static async Task<WatchSubscribersResponse> UntilAsync(
        AsyncServerStreamingCall<WatchSubscribersResponse> stream, Func<WatchSubscribersResponse, bool> isIt, CancellationToken cancellationToken)
    {
        while (await stream.ResponseStream.MoveNext(cancellationToken))
        {
            if (isIt(stream.ResponseStream.Current))
            {
                return stream.ResponseStream.Current;
            }
        }

        throw new CommandFailure(ExitCode.CheckFailed, $"the stream of {Mailer} ended before it told of {s_key}", "the contracts or the shop in the data folder were changed; name another folder with --data");
    }
}
