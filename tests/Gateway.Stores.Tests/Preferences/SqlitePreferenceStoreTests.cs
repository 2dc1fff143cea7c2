using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Preferences;
using Gateway.Stores.Sqlite.Standing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Stores.Tests.Preferences;

public sealed class SqlitePreferenceStoreTests : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 5, 1, 8, 0, 0, 120, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(s_at);
    private SqlitePreferenceStore _store;

    public SqlitePreferenceStoreTests() => _store = Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => _folder["preferences.db"];

    private string[] Files => Directory.GetFiles(Path.GetDirectoryName(File)!);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Write_TheNewestCounts_AndOfTwoAtOnceTheOptOut_AlsoAfterARestart()
    {
        await WriteAsync("C-1", "news", PreferenceState.Requested, s_at);
        await WriteAsync("C-1", "news", PreferenceState.OptedOut, s_at.AddSeconds(-1));
        (await ReadAsync("C-1")).ShouldBe([new Preference("C-1", "news", PreferenceState.Requested, s_at)]);
        await WriteAsync("C-1", "news", PreferenceState.OptedOut, s_at);
        await WriteAsync("C-1", "news", PreferenceState.Requested, s_at);
        await WriteAsync("C-2", "news", PreferenceState.SoftOptIn, s_at.AddTicks(9999));

        _store.Dispose();
        _store = Open();

        (await ReadAsync("C-1", "C-2")).ShouldBe(
        [
            new Preference("C-1", "news", PreferenceState.OptedOut, s_at),
            new Preference("C-2", "news", PreferenceState.SoftOptIn, s_at),
        ], ignoreOrder: true);
        (await _store.ListChangesAsync(new PreferenceCursor(s_at.AddSeconds(-1), ""), 10, Token)).Select(c => c.SubjectId).ShouldBe(["C-1", "C-2"]);
    }

    [Fact]
    public async Task Forget_LeavesOptOutsOnly_UnderNoId_AndStillInEffect()
    {
        await WriteAsync("C-secret", "news", PreferenceState.OptedOut, s_at);
        await WriteAsync("C-secret", "offers-secret", PreferenceState.Requested, s_at);
        await WriteAsync("C-2", "news", PreferenceState.Requested, s_at);

        await _store.ForgetAsync("C-secret", Token);
        await _store.ForgetAsync("C-secret", Token);

        (await ReadAsync("C-secret", "C-2")).ShouldBe(
        [
            new Preference("C-secret", "news", PreferenceState.OptedOut, s_at),
            new Preference("C-2", "news", PreferenceState.Requested, s_at),
        ], ignoreOrder: true);
        // Closed first: what is read here must not take SQLite's own locks away.
        _store.Dispose();
        foreach (var file in Files)
        {
            System.Text.Encoding.UTF8.GetString(await System.IO.File.ReadAllBytesAsync(file, Token)).ShouldNotContain("secret", Case.Sensitive, file);
        }

        _store = Open();
        // Who asks again, later, is asked for: the newest counts.
        await WriteAsync("C-secret", "news", PreferenceState.Requested, s_at.AddDays(1));
        (await new AllPreferences(_store, _store).PreferencesOfAsync("C-secret", Token)).Find("news")!.State.ShouldBe(PreferenceState.Requested);

        _store.Dispose();
        _store = Open();
        (await ReadAsync("C-secret")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task File_IsTheGatewaysAlone_AndNotAnotherStore()
    {
        await WriteAsync("C-1", "news", PreferenceState.Requested, s_at);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Files)
            {
                System.IO.File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
            }
        }

        Should.Throw<StoreException>(Open).InUse.ShouldBeTrue();
        var other = _folder["other.db"];
        using (new SqliteStandingStore(other))
        {
        }

        Should.Throw<StoreException>(() => new SqlitePreferenceStore(other, Master(), _clock, NullLogger<SqlitePreferenceStore>.Instance)).Message.ShouldContain("is not a file of this gateway");
    }

    [Fact]
    public async Task FileGone_ReadsAndWritesFail()
    {
        await WriteAsync("C-1", "news", PreferenceState.OptedOut, s_at);
        await ReadAsync("C-1");
        foreach (var file in Files)
        {
            System.IO.File.Delete(file);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<SourceException>(() => ReadAsync("C-1"));
        await Should.ThrowAsync<SourceException>(() => WriteAsync("C-1", "news", PreferenceState.OptedOut, s_at.AddDays(1)));
    }

    [Fact]
    public async Task Write_WithoutSubjectOrTopic_IsAMistake()
    {
        await Should.ThrowAsync<ArgumentException>(() => WriteAsync("", "news", PreferenceState.Requested, s_at));
        await Should.ThrowAsync<ArgumentException>(() => WriteAsync("C-1", "", PreferenceState.Requested, s_at));
        await Should.ThrowAsync<ArgumentException>(() => WriteAsync("C-1", Preference.EveryTopic, PreferenceState.Requested, s_at));
    }

    private static MasterKey Master() => new(new byte[MasterKey.Size]);

    private SqlitePreferenceStore Open() => new(File, Master(), _clock, NullLogger<SqlitePreferenceStore>.Instance);

    private async Task WriteAsync(string subject, string topic, PreferenceState state, DateTimeOffset at) =>
        await _store.WriteAsync([new Preference(subject, topic, state, at)], Token);

    private async Task<IReadOnlyList<Preference>> ReadAsync(params string[] subjects) => await _store.ReadAsync(subjects, Token);
}
