using Gateway.Core.Legal;
using Gateway.Stores.Sqlite.Legal;

namespace Gateway.Stores.Tests.Sqlite.Legal;

public sealed class SqliteCaseStoreTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 9, 30, 15, 250, TimeSpan.Zero);
    private static readonly Person s_ann = new("ann", "spiffe://shop.example/staff/ann", "sha256:00");
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["legal.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Acts_Finished_ComeBackAsTheyWereInTheirOrder()
    {
        CaseAct[] acts = [Open(), new ApproveAct("c1", s_ann, s_now, s_now.AddDays(3)), new ExtendAct("c1", s_ann, s_now, new NoticeDelay(s_now.AddDays(3), "§ 12")),
            new ReviewAct("c1", s_ann, s_now, ReviewOutcome.Wrong, "no"), new ReleaseAct("c1", s_ann, s_now, 7, ["r1", "r2"], "passphrase"), new CloseAct("c1", s_ann, s_now, "done")];
        using (var store = new SqliteCaseStore(Path))
        {
            foreach (var act in acts)
            {
                store.Finish(store.Begin(act), act);
            }
        }

        using var again = new SqliteCaseStore(Path);
        var loaded = again.Load();

        loaded.Select(a => a.GetType()).ShouldBe(acts.Select(a => a.GetType()));
        loaded.Select(a => (a.CaseId, a.By, a.At, a.Action, a.Told)).ShouldBe(acts.Select(a => (a.CaseId, a.By, a.At, a.Action, a.Told)));
        var terms = loaded[0].ShouldBeOfType<OpenAct>().Terms;
        terms.Subjects.ShouldBe(["C-5001"]);
        terms.Scope.ShouldHaveSingleItem().Paths.ShouldBe(["order_id", "address.street"]);
        terms.Notice.ShouldBe(Open().Terms.Notice);
        loaded[4].ShouldBeOfType<ReleaseAct>().Receipts.ShouldBe(["r1", "r2"]);
    }

    [Fact]
    public void Acts_BegunOnly_CountAndAreNotInForce()
    {
        using var store = new SqliteCaseStore(Path);
        store.Finish(store.Begin(Open()), Open());
        store.Begin(new ApproveAct("c1", s_ann, s_now, NoticeUntil: null));

        store.Load().Count.ShouldBe(1);
        store.CountBegun()["c1"].ShouldBe(2);
    }

    [Fact]
    public void Finish_TwiceOrUnknown_Fails()
    {
        using var store = new SqliteCaseStore(Path);
        var begun = store.Begin(Open());
        store.Finish(begun, Open());

        Should.Throw<CasesUnavailableException>(() => store.Finish(begun, Open()));
        Should.Throw<CasesUnavailableException>(() => store.Finish(begun + 1, Open()));
        store.Load().Count.ShouldBe(1);
    }

    [Fact]
    public void Write_FileGone_FailsAndLaterWritesToo()
    {
        using var store = new SqliteCaseStore(Path);
        File.Delete(Path);

        Should.Throw<CasesUnavailableException>(() => store.Begin(Open())).Message.ShouldContain("moved or removed");
        Should.Throw<CasesUnavailableException>(() => store.Begin(Open()));
    }

    [Fact]
    public void Open_Twice_IsRefused()
    {
        using var store = new SqliteCaseStore(Path);

        Should.Throw<StoreException>(() => new SqliteCaseStore(Path)).InUse.ShouldBeTrue();
    }

    private static OpenAct Open() => new("c1", s_ann, s_now, new CaseTerms(
        Ground.UrgentSafety,
        new CaseRecipient(RecipientKind.Authority, "Police", "GB", Safeguard: null, Key: "sha256:00"),
        "Request", "17/2026", ["C-5001"], [new CaseScope("gateway.fulfilment.v1.Shipment", ["order_id", "address.street"])],
        s_now.AddYears(-1), s_now, s_now.AddDays(30), new NoticeDelay(s_now.AddDays(5), "§ 12")));
}
