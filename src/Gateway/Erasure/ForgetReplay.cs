using System.Globalization;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Erasure;

namespace Gateway.Erasure;

/// <summary>
/// Forgets again what was forgotten: a key store put back from a backup holds keys that were destroyed since. Runs at each start, before
/// the first connection.
/// </summary>
internal sealed partial class ForgetReplay(
    RecordedForgets recorded, ForgottenFile file, ISubjectErasure keys, AdministrationLog administration, ILogger<ForgetReplay> logger)
{
    /// <exception cref="LogUnavailableException">The keys cannot be destroyed, or the log cannot be read or written.</exception>
    /// <exception cref="Stores.StoreException">The file of forgotten subjects is damaged, or cannot be completed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var kept = file.Read();
        var forgotten = await recorded.ReadAsync(cancellationToken);
        var missing = forgotten.Except(kept).ToList();
        if (missing.Count > 0)
        {
            file.Append(missing);
        }

        forgotten.UnionWith(kept);
        var destroyed = await keys.DestroyAsync(forgotten);
        if (destroyed.Subjects.Count > 0)
        {
            Log.Replayed(logger, destroyed.Subjects.Count);
            await administration.RecordAsync(new Entry.Types.Administration
            {
                Actor = "gateway",
                Action = ErasureActs.ForgetReplayed,
                Target = string.Create(CultureInfo.InvariantCulture, $"{destroyed.Subjects.Count} keys"),
                Reason = "the key store held keys of forgotten customers: it came from a backup, or a forget was cut short",
            });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1340, LogLevel.Warning,
            "The key store held {Count} keys of customers who were forgotten: it came from a backup, or a forget was cut short. They are destroyed again.",
            EventName = "ForgetsReplayed")]
        public static partial void Replayed(ILogger logger, int count);
    }
}
