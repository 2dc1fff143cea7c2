using Gateway.Core.Exchange;

namespace Gateway.Hosting;

/// <summary>Writes coalesced refusals each second, and once more at the end.</summary>
internal sealed class RefusalFlusher(RefusalLog refusals, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await refusals.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            await refusals.FlushAsync();
        }
    }
}
