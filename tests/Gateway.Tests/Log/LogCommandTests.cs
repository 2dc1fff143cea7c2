using System.CommandLine;
using Gateway.Commands;
using Gateway.Commands.Keys;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Log;

public sealed class LogCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BreakGlass_GatewayRunning_IsRefused()
    {
        await using var host = await StaffLogHost.StartAsync();
        await host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");

        var refused = await Should.ThrowAsync<CommandFailure>(() => ReadAsync(host, new EntryFilter()));

        refused.ExitCode.ShouldBe(ExitCode.Refused);
        (await host.EntriesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task BreakGlass_GatewayDown_IsRecordedThenReads()
    {
        await using var host = await StaffLogHost.StartAsync();
        await host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        await host.DiscloseAsync("northgate-warehouse", "customer-2", "ORD-2");
        await host.StopAsync();

        var rows = await ReadAsync(host, new EntryFilter { SubjectId = "customer-1" });
        var acts = await ReadAsync(host, new EntryFilter { Action = "log.break-glass" });

        rows.ShouldHaveSingleItem().Kind.ShouldBe("disclosure");
        rows[0].Scope!.Released.ShouldBe(["order_id", "address.street"]);
        // Newest first: this reading, then the one before.
        acts.Select(a => a.Administration!.Action).ShouldBe(["log.break-glass", "log.break-glass"]);
        acts[1].Administration!.Reason.ShouldBe("the gateway is down");
        acts[1].Administration!.Target.ShouldStartWith("subject=");
    }

    [Theory]
    [InlineData(null, "why")]
    [InlineData("data", null)]
    [InlineData("data", " ")]
    public void BreakGlass_OneOptionAlone_IsRefused(string? data, string? reason) =>
        Should.Throw<CommandFailure>(() => BreakGlass.From(data is null ? null : new DirectoryInfo(data), reason)).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task RemoteQuery_MoreThanAPage_GoesOnToTheLimit()
    {
        await using var host = await StaffLogHost.StartAsync();
        for (var i = 0; i < 260; i++)
        {
            await host.DiscloseAsync("northgate-warehouse", "customer-1", $"ORD-{i}");
        }

        using var channel = host.Channel("privacy-officer", "ReadLog");
        var all = await new RemoteLog(channel).QueryAsync(new EntryFilter { Kind = Kind.Disclosure }, 1000, Cancellation).ToListAsync(Cancellation);
        var some = await new RemoteLog(channel).QueryAsync(new EntryFilter { Kind = Kind.Disclosure }, 255, Cancellation).ToListAsync(Cancellation);

        all.Select(e => e.Index).Distinct().Count().ShouldBe(260);
        some.Count.ShouldBe(255);
    }

    [Fact]
    public void Filters_EachOption_IsRead()
    {
        var filter = Parse(
            "--partner p --purpose u --method m --kind refusal --outcome failed --refusal R --action a --record r --subject s --lookup Shipment/1 "
            + "--field address --trace t --key k --receipt i --between 2026-03-01,2026-03-08T12:00Z", out var errors);

        errors.ShouldBeEmpty();
        filter.Kind.ShouldBe(Kind.Refusal);
        filter.Outcome.ShouldBe(Outcome.Failed);
        filter.Since.ToDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        filter.Until.ToDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 3, 8, 12, 0, 0, TimeSpan.Zero));
        EntryFilter.Descriptor.Fields.InFieldNumberOrder().ShouldAllBe(f => !"".Equals(f.Accessor.GetValue(filter)));
    }

    [Theory]
    [InlineData("90s", "11:58:30")]
    [InlineData("2h", "10:00:00")]
    [InlineData("0.5h", "11:30:00")]
    public void Filters_SinceSoLongAgo_IsAnInstant(string since, string time)
    {
        var filter = Parse($"--since {since}", out var errors);

        errors.ShouldBeEmpty();
        filter.Since.ToDateTimeOffset().TimeOfDay.ShouldBe(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("--since yesterday")]
    [InlineData("--since 5x")]
    [InlineData("--between 2026-03-01")]
    [InlineData("--between 2026-03-08,2026-03-01")]
    [InlineData("--kind disclosed")]
    public void Filters_Malformed_AreErrors(string arguments)
    {
        Parse(arguments, out var errors);

        errors.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Keys_DataFolder_ListsEachSecretAndNoContent()
    {
        await using var host = await StaffLogHost.StartAsync();
        var certificates = Directory.CreateDirectory(Path.Combine(host.Data, "certs"));
        var open = Path.Combine(certificates.FullName, "server.key");
        await File.WriteAllTextAsync(open, "secret", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(certificates.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.UserWrite);
            File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        var secrets = SecretInventory.Of(new DirectoryInfo(host.Data), certificates);

        secrets.Select(s => s.Name).ShouldBe(["master key", "subject keys", "log key", "server key"]);
        secrets.Single(s => s.Name == "server key").Note!.ShouldContain("chmod 600");
        secrets.Single(s => s.Name == "master key").Note.ShouldBeNull();
        secrets.ShouldAllBe(s => !s.ToString().Contains("gateway-master-key-v1", StringComparison.Ordinal));
    }

    private static EntryFilter Parse(string arguments, out IReadOnlyList<System.CommandLine.Parsing.ParseError> errors)
    {
        var options = new FilterOptions(new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));
        var command = new Command("query");
        options.AddTo(command);
        var parsed = command.Parse(arguments);
        errors = parsed.Errors;
        return errors.Count == 0 ? options.Read(parsed) : new EntryFilter();
    }

    private static async Task<List<LogRow>> ReadAsync(StaffLogHost host, EntryFilter filter) =>
        await BreakGlass.From(new DirectoryInfo(host.Data), "the gateway is down")!.QueryAsync(filter, 100, Cancellation)
            .Select(LogRow.Of).ToListAsync(Cancellation);
}
