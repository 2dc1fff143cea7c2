using System.Text;
using Gateway.Core.Contracts;
using Gateway.Core.Legal;
using Gateway.Core.Tests.Contracts;

namespace Gateway.Core.Tests.Legal;

public sealed class CaseFileCompilerTests
{
    private const string Good = """
        ground: legal_process
        recipient:
          kind: court
          name: Crown Court at Leeds
          country: GB
        instrument: Production order
        number: PO-2026-118
        subjects: [C-5001, "17"]
        scope:
          - record: gateway.fulfilment.v1.Shipment
            paths: [recipient_name, order_id]
        from: 2025-01-01
        until: 2025-12-31
        expires: 2026-07-01
        notice: { until: 2026-08-30, basis: section 12 }
        """;

    [Fact]
    public void Compile_GoodFile_GivesTheTermsAsWritten()
    {
        var terms = Compile(Good).Terms.ShouldNotBeNull();

        terms.Ground.ShouldBe(Ground.LegalProcess);
        terms.Recipient.ShouldBe(new CaseRecipient(RecipientKind.Court, "Crown Court at Leeds", "GB", Safeguard: null, Key: null));
        terms.Subjects.ShouldBe(["C-5001", "17"]);
        terms.Scope.ShouldHaveSingleItem().Paths.ShouldBe(["order_id", "recipient_name"], "in the record's order");
        terms.From.ShouldBe(Day(2025, 1, 1));
        terms.Until.ShouldBe(Day(2026, 1, 1), "the last day is in scope");
        terms.Expires.ShouldBe(Day(2026, 7, 1));
        terms.Notice.ShouldBe(new NoticeDelay(Day(2026, 8, 30), "section 12"));
    }

    [Theory]
    [InlineData("ground: legal_process", "ground: curiosity", "case.yaml:1:9: 'curiosity' is not known as 'ground'; write legal_process, edict_of_law, protection_of_rights, urgent_safety")]
    [InlineData("kind: court", "kind: press", "case.yaml:3:9: 'press' is not known as 'kind'; write authority, court, counsel, insurer")]
    [InlineData("country: GB", "country: UK", "case.yaml:5:12: 'UK' is no country; did you mean 'GB'?")]
    [InlineData("country: GB", "country: US",
        "case.yaml:5:12: US is outside the policy's area (EU, GB) and no safeguard is named; write 'safeguard: …' with the treaty or the safeguard it rests on (GDPR Art. 46, 48, 49)")]
    [InlineData("country: GB", "country: GB\n  key: sha256:00", "case.yaml:6:8: 'sha256:00' names no key; write sha256: and 64 hex digits, as gateway certs inspect prints them")]
    [InlineData("number: PO-2026-118", "number: 118", "case.yaml:7:9: 'number' is a number, not a text; put it in quotes: 'number: \"118\"'")]
    [InlineData("subjects: [C-5001, \"17\"]", "subjects: []", "case.yaml:8:11: 'subjects' is empty; write 'subjects: [C-5001]'")]
    [InlineData("\"17\"]", "C-5001]", "case.yaml:8:20: this person is named twice, first at 8:12; write it once")]
    [InlineData("Shipment", "Shipmnt", "case.yaml:10:13: there is no record 'gateway.fulfilment.v1.Shipmnt'; did you mean 'gateway.fulfilment.v1.Shipment'?")]
    [InlineData("gateway.fulfilment.v1.Shipment", "test.usage.v1.Visit",
        "case.yaml:10:13: test.usage.v1.Visit tells of usage, which is never linked to a person who is known by name; leave it out")]
    [InlineData("recipient_name,", "address,",
        "case.yaml:11:13: address is a message, and a field added to it later must not be granted by this line; name its leaves: address.street, address.extra_line, address.postal_code, address.locality, address.region, address.country")]
    [InlineData("recipient_name,", "recipient_nam,", "case.yaml:11:13: gateway.fulfilment.v1.Shipment has no field 'recipient_nam'; did you mean 'recipient_name'?")]
    [InlineData("recipient_name,", "order_id,", "case.yaml:11:23: order_id is named twice, first at 11:13; write it once")]
    [InlineData("until: 2025-12-31", "until: 2024-12-30", "case.yaml:13:8: 'until' is before 'from'; write the last day of the records in scope")]
    [InlineData("expires: 2026-07-01", "expires: 2026-08-31", "case.yaml:14:10: 'expires' is not within 90 days from now; write a day after 2026-06-01 and not after 2026-08-30")]
    [InlineData("expires: 2026-07-01", "expires: 2026-06-01", "case.yaml:14:10: 'expires' is not within 90 days from now; write a day after 2026-06-01 and not after 2026-08-30")]
    [InlineData("until: 2026-08-30", "until: 2026-09-30", "case.yaml:15:18: 'until' is not within 90 days from now; write a day after 2026-06-01 and not after 2026-08-30")]
    [InlineData(", basis: section 12", "", "case.yaml:15:9: 'basis' is missing in the notice; write 'basis: the law or the order that demands the delay'")]
    [InlineData("instrument:", "instruments:", "case.yaml:6:1: 'instruments' is no key of the case; did you mean 'instrument'?")]
    public void Compile_BadFile_TellsWhere(string old, string by, string expected)
    {
        Good.ShouldContain(old);

        var compiled = Compile(Good.Replace(old, by, StringComparison.Ordinal));

        compiled.Terms.ShouldBeNull();
        compiled.Errors.Select(e => e.ToString()).ShouldContain(expected, StringComparer.Ordinal);
    }

    [Fact]
    public void Compile_EmptyFile_TellsEveryKeyThatIsMissing()
    {
        var compiled = Compile("{}");

        compiled.Terms.ShouldBeNull();
        compiled.Errors.Length.ShouldBe(9);
    }

    [Fact]
    public void Compile_ThirdCountryWithASafeguard_IsGood() =>
        Compile(Good.Replace("country: GB", "country: US\n  safeguard: EU-US MLAT, Art. 48", StringComparison.Ordinal)).Terms.ShouldNotBeNull()
            .Recipient.Safeguard.ShouldBe("EU-US MLAT, Art. 48");

    [Fact]
    public void Compile_TooManyPersons_IsAnError() => Compile(Good.Replace(
            "[C-5001, \"17\"]", $"[{string.Join(", ", Enumerable.Range(1, 1001).Select(i => $"C-{i}"))}]", StringComparison.Ordinal))
        .Errors.ShouldHaveSingleItem().What.ShouldBe("more than 1000 persons");

    private static DateTimeOffset Day(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    private static CompiledCase Compile(string text) => CaseFileCompiler.Compile(
        new ContractFile("case.yaml", Encoding.UTF8.GetBytes(text)), TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate).Snapshot!.Policy,
        TestContracts.Catalogue, TestContracts.Now);
}
