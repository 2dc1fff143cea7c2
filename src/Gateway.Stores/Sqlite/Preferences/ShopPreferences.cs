using Gateway.Core.Permissions;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Preferences;

/// <summary>
/// What customers told the shop: its view <c>sharing_preferences (subject_id, topic, state, changed_at)</c>, in the same database as its
/// records. Wants an index over subject_id, and one over (changed_at, subject_id), on the table behind it.
/// </summary>
public sealed class ShopPreferences(SqliteRecordSource source, TimeProvider clock, ILogger<ShopPreferences> logger) : IPreferenceSource
{
    private readonly PreferenceReader _reader = new(source.Pool, "the source", clock, logger);

    public void Prepare() => _reader.Prepare();

    public ValueTask<IReadOnlyList<Preference>> ReadAsync(IReadOnlyList<string> subjectIds, CancellationToken cancellationToken) =>
        _reader.ReadAsync(subjectIds, cancellationToken);

    public ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken) =>
        _reader.ListChangesAsync(after, limit, cancellationToken);
}
