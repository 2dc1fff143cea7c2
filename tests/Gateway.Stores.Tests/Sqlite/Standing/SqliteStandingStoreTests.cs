using Gateway.Core.Identity;
using Gateway.Stores.Sqlite.Standing;

namespace Gateway.Stores.Tests.Sqlite.Standing;

public sealed class SqliteStandingStoreTests : IDisposable
{
    private static readonly StandingEntry s_entry = new(
        StandingKind.SuspendedPartner, "northgate-warehouse", "key stolen; 3 o’clock", "security-analyst", new DateTimeOffset(2026, 3, 1, 3, 0, 0, TimeSpan.Zero));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-standing-");

    private string File => Path.Combine(_folder.FullName, "standing.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Put_ThenOpenedAgain_IsThere()
    {
        using (var store = new SqliteStandingStore(File))
        {
            store.Load().ShouldBeEmpty();
            store.Put(s_entry);
        }

        using var again = new SqliteStandingStore(File);
        again.Load().ShouldBe([s_entry]);
    }

    [Fact]
    public void Put_SameTarget_Replaces()
    {
        using var store = new SqliteStandingStore(File);
        store.Put(s_entry);
        store.Put(s_entry with { Reason = "another" });

        store.Load().Single().Reason.ShouldBe("another");
    }

    [Fact]
    public void Remove_TakesAwayThatKindAlone()
    {
        using var store = new SqliteStandingStore(File);
        var key = s_entry with { Kind = StandingKind.RevokedKey };
        store.Put(s_entry);
        store.Put(key);

        store.Remove(StandingKind.SuspendedPartner, s_entry.Target);
        store.Remove(StandingKind.SuspendedPartner, "nobody");

        store.Load().ShouldBe([key]);
    }

    [Fact]
    public void Open_Twice_IsRefused()
    {
        using var store = new SqliteStandingStore(File);

        Should.Throw<StoreException>(() => new SqliteStandingStore(File));
    }

    [Fact]
    public void Of_RevokedKeyThatIsNone_Throws() =>
        Should.Throw<FormatException>(() => Core.Identity.Standing.Of([s_entry with { Kind = StandingKind.RevokedKey }]));
}
