using System.CommandLine;
using System.Globalization;
using Gateway.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Benchmarks.Log;

/// <summary>
/// What the log's tree and its signed checkpoints add to a call: the same gateway with and without the follower that hashes and signs,
/// under the same load, turn by turn.
/// </summary>
internal static class LogTreeCost
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each, turn by turn.", DefaultValueFactory = _ => 7 };
        var seconds = new Option<double>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 5 };
        var inFlight = new Option<int>("--in-flight") { Description = "Calls in flight, over four connections.", DefaultValueFactory = _ => 64 };
        var command = new Command("log-tree", "Tree and checkpoints on and off in one run.") { rounds, seconds, inFlight };
        command.SetAction(async parsed =>
        {
            await using var on = await BenchedGateway.StartAsync(_ => { });
            await using var off = await BenchedGateway.StartAsync(Without<CheckpointSigner>);
            await RunAsync(
                parsed.InvocationConfiguration.Output, on, off, parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(inFlight));
        });
        return command;
    }

    private static void Without<T>(IServiceCollection services)
    {
        foreach (var service in services.Where(s => s.ImplementationType == typeof(T)).ToList())
        {
            services.Remove(service);
        }
    }

    private static async Task RunAsync(TextWriter output, BenchedGateway on, BenchedGateway off, int rounds, TimeSpan time, int inFlight)
    {
        using var loadOn = on.Load(connections: 4, inFlight);
        using var loadOff = off.Load(connections: 4, inFlight);
        // The compiler's tiers need idle gaps to catch up.
        for (var i = 0; i < 4; i++)
        {
            await loadOn.RunAsync(TimeSpan.FromSeconds(2));
            await loadOff.RunAsync(TimeSpan.FromSeconds(2));
            await Task.Delay(500);
        }

        var (withTree, without) = (new List<Round>(), new List<Round>());
        await output.WriteLineAsync("round      calls/s on/off        CPU us a call on/off    p50 ms on/off    p99 ms on/off");
        for (var i = 0; i < rounds; i++)
        {
            // Who goes first changes: a disk that slows down then slows both.
            foreach (var isOn in i % 2 == 0 ? new[] { true, false } : [false, true])
            {
                (isOn ? withTree : without).Add(await (isOn ? loadOn : loadOff).RunAsync(time));
            }

            await PrintAsync(output, (i + 1).ToString(CultureInfo.InvariantCulture), withTree[^1], without[^1]);
        }

        await PrintAsync(output, "median", Round.MedianOf(withTree), Round.MedianOf(without));
        // Of each round on its own: both halves of it had the same neighbours on the machine.
        var ratio = Round.MedianOf([.. withTree.Zip(without, (a, b) => new Round(
            a.CallsPerSecond / b.CallsPerSecond, a.CpuPerCall / b.CpuPerCall, a.Median / b.Median, a.P99 / b.P99))]);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"on/off     {ratio.CallsPerSecond:0.000} calls/s   {ratio.CpuPerCall:0.000} CPU a call   {ratio.Median:0.000} p50   {ratio.P99:0.000} p99"));
    }

    private static Task PrintAsync(TextWriter output, string name, Round on, Round off) => output.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-10} {on.CallsPerSecond,8:0} / {off.CallsPerSecond,-8:0}  {on.CpuPerCall,8:0.0} / {off.CpuPerCall,-8:0.0}  {on.Median,7:0.00} / {off.Median,-7:0.00}  {on.P99,7:0.00} / {off.P99:0.00}"));
}
