using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Erasure;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Tests.Running;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Erasure;

/// <summary>
/// Whoever knows what one act was about, from a ticket with its receipt say, finds nothing there that leads to the customer's entries.
/// </summary>
public sealed class UnlinkedActsTests : IDisposable
{
    private static readonly string[] s_files = ["log.db", "log-index.db"];

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Acts_OnACustomerWhoIsForgottenInTheEnd_HoldNoneOfTheirPseudonyms()
    {
        byte[][] pseudonyms;
        await using (var scene = await ErasureScene.StartAsync(_settings))
        {
            await scene.ShipAsync();
            await scene.ChargeAsync("essential.service.payment_processing");
            pseudonyms = await PseudonymsAsync(scene);
            await scene.HoldAsync();
            await CarryOverAsync(scene);
            await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync());
            await scene.ReleaseAsync();
            await scene.ForgetAsync(dryRun: true);
            (await scene.CountAsync(new EntryFilter { SubjectId = scene.Customer })).ShouldBe(2);
            (await scene.CountAsync(new EntryFilter { Lookup = $"Shipment/{ErasureScene.Order}" })).ShouldBe(1);
            await scene.ForgetAsync();
        }

        var acts = (await LoggedEntries.ReadAsync(_settings.Log)).Where(e => e.Kind == Kind.Administration).ToList();
        foreach (var named in (string[])
            [ErasureActs.Hold, ErasureActs.ForgetRefused, ErasureActs.Release, ErasureActs.Recipients, ErasureActs.Forget, "log.query"])
        {
            acts.ShouldContain(e => e.Administration.Action == named);
        }

        foreach (var act in acts)
        {
            Holds(act.ToByteArray(), pseudonyms).ShouldBeFalse(act.Administration.Action);
        }
    }

    [Fact]
    public async Task Files_AfterAForget_HoldTheCustomersPseudonymsInTheirEntriesOnly()
    {
        byte[][] pseudonyms;
        await using (var scene = await ErasureScene.StartAsync(_settings))
        {
            await scene.ShipAsync();
            pseudonyms = await PseudonymsAsync(scene);
            await scene.CountAsync(new EntryFilter { SubjectId = scene.Customer });
            await scene.HoldAsync();
            await scene.ReleaseAsync();
            await scene.ForgetAsync();
        }

        var holding = new List<string>();
        foreach (var file in Directory.EnumerateFiles(_settings.Data.Root, "*", SearchOption.AllDirectories))
        {
            if (Holds(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), pseudonyms))
            {
                holding.Add(Path.GetFileName(file));
            }
        }

        // And so looking works.
        holding.ShouldContain(file => file.StartsWith("log.db", StringComparison.Ordinal));
        holding.ShouldAllBe(file => s_files.Any(f => file.StartsWith(f, StringComparison.Ordinal)));
        (await File.ReadAllTextAsync(_settings.Data.Forgotten, TestContext.Current.CancellationToken)).Length.ShouldBe(33);
    }

    private static async Task CarryOverAsync(ErasureScene scene)
    {
        var head = scene.Gateway.Services.GetRequiredService<SqliteDisclosureLog>().Head;
        (await scene.Gateway.Services.GetRequiredService<SubjectEraser>().CarryOverAsync(head, TestContext.Current.CancellationToken)).ShouldBe(1);
    }

    /// <summary>The customer's own and those of their records, from their entries.</summary>
    private static async Task<byte[][]> PseudonymsAsync(ErasureScene scene)
    {
        var subject = (await scene.PseudonymAsync())!.Value;
        var theirs = (await scene.EntriesAsync()).Where(e => EntryPseudonyms.Of(e.Subjects).Contains(subject)).ToList();
        theirs.ShouldNotBeEmpty();
        return [.. theirs.SelectMany(e => EntryPseudonyms.Of(e.Records)).Append(subject).Distinct().Select(p => Convert.FromHexString(p.ToString()))];
    }

    private static bool Holds(byte[] text, IEnumerable<byte[]> pseudonyms) => pseudonyms.Any(p =>
        text.AsSpan().IndexOf(p) >= 0
        || text.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(p))) >= 0
        || text.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(p))) >= 0);
}
