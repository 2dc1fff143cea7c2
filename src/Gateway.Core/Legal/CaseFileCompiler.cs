using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Identity;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Legal;

/// <summary>A case file → <see cref="CaseTerms"/>, as strictly as contracts: every error with its place, at once.</summary>
public static class CaseFileCompiler
{
    private static readonly string[] s_keys =
        ["ground", "recipient", "instrument", "number", "subjects", "scope", "from", "until", "expires", "notice"];

    private static readonly string[] s_kinds = [.. Enum.GetNames<RecipientKind>().Select(n => n.ToLowerInvariant())];

    /// <param name="file">The file.</param>
    /// <param name="policy">Whose area tells where a safeguard is needed.</param>
    /// <param name="catalogue">The records and leaves there are.</param>
    /// <param name="now">What expiry and delay are counted from.</param>
    public static CompiledCase Compile(ContractFile file, Policy policy, Catalogue catalogue, DateTimeOffset now)
    {
        var findings = new Findings();
        var terms = YamlReader.Read(file, findings) is { } map
            ? Terms(new Section(map, "the case", findings, s_keys), policy, catalogue, now, findings)
            : null;
        return new CompiledCase(findings.ErrorCount == 0 ? terms : null, findings.Errors);
    }

    private static CaseTerms? Terms(Section section, Policy policy, Catalogue catalogue, DateTimeOffset now, Findings findings)
    {
        var ground = Grounds.Find(Scalars.Choice(section.Require("ground", "legal_process"), "ground", Grounds.Names, findings));
        var recipient = Recipient(section, policy, findings);
        var instrument = Scalars.Text(section.Require("instrument", "Production order"), "instrument", findings);
        var number = Scalars.Text(section.Require("number", "PO-2026-118"), "number", findings);
        var subjects = Subjects(section, findings);
        var scope = Scope(section, catalogue, findings);
        var from = Scalars.Date(section.Require("from", "2026-01-01"), "from", findings);
        var untilNode = section.Require("until", "2026-12-31");
        var until = Scalars.Date(untilNode, "until", findings)?.AddDays(1);
        if (until <= from)
        {
            findings.Error(untilNode!.Mark, "'until' is before 'from'", "write the last day of the records in scope");
        }

        var expires = Ahead(section.Require("expires", "2026-12-31"), "expires", CaseRules.LongestLife, now, findings);
        var notice = Notice(section, now, findings);
        return ground is null || recipient is null || instrument is null || number is null || from is null || until is null || expires is null
            ? null
            : new CaseTerms(ground.Value, recipient, instrument, number, subjects, scope, from.Value, until.Value, expires.Value, notice);
    }

    private static CaseRecipient? Recipient(Section section, Policy policy, Findings findings)
    {
        var node = section.Require("recipient", "{ kind: court, name: …, country: … }");
        if (Section.Of(node, "the recipient", findings, "kind", "name", "country", "safeguard", "key") is not { } recipient)
        {
            return null;
        }

        var kind = Scalars.Choice(recipient.Require("kind", "court"), "kind", s_kinds, findings);
        var name = Scalars.Text(recipient.Require("name", "the name that the subjects are told"), "name", findings);
        var safeguard = Scalars.Text(recipient.Find("safeguard"), "safeguard", findings);
        // GDPR Art. 48: an order of a third country is no ground by itself; it needs a treaty, or a safeguard of Art. 46 or 49.
        var country = CountryCompiler.Compile(recipient, policy.Area, "the treaty or the safeguard it rests on (GDPR Art. 46, 48, 49)", findings);
        var keyNode = recipient.Find("key");
        var key = Scalars.Text(keyNode, "key", findings);
        SpkiHash? hash = null;
        if (key is not null && !SpkiHash.TryParse(key, out hash))
        {
            findings.Error(keyNode!.Mark, $"{Findings.Quote(key)} names no key", "write sha256: and 64 hex digits, as gateway certs inspect prints them");
        }

        return kind is null || name is null || country is null
            ? null
            : new CaseRecipient(Enum.Parse<RecipientKind>(kind, ignoreCase: true), name, country, safeguard, hash?.Text);
    }

    private static ImmutableArray<string> Subjects(Section section, Findings findings)
    {
        var seen = new Dictionary<string, Mark>(StringComparer.Ordinal);
        var nodes = section.RequireList("subjects", "[C-5001]");
        foreach (var node in nodes)
        {
            if (Scalars.Text(node, "subjects", findings) is { } subject && !seen.TryAdd(subject, node.Mark))
            {
                findings.Error(node.Mark, $"this person is named twice, first at {seen[subject].Place}", "write it once");
            }
        }

        if (nodes.Length > CaseRules.MaxSubjects)
        {
            findings.Error(nodes[CaseRules.MaxSubjects].Mark, $"more than {CaseRules.MaxSubjects} persons", "open several cases");
        }

        return [.. seen.Keys];
    }

    private static ImmutableArray<CaseScope> Scope(Section section, Catalogue catalogue, Findings findings)
    {
        var seen = new Dictionary<RecordType, Mark>();
        var scopes = ImmutableArray.CreateBuilder<CaseScope>();
        foreach (var node in section.RequireList("scope", "[{ record: gateway.fulfilment.v1.Shipment, paths: [order_id] }]"))
        {
            if (Section.Of(node, "the scope entry", findings, "record", "paths") is not { } entry)
            {
                continue;
            }

            var recordNode = entry.Require("record", "gateway.fulfilment.v1.Shipment");
            var record = Record(recordNode, catalogue, findings);
            var paths = entry.RequireList("paths", "[order_id]");
            if (record is null)
            {
                continue;
            }

            if (!seen.TryAdd(record, recordNode!.Mark))
            {
                findings.Error(recordNode.Mark, $"{record.Name} is named twice, first at {seen[record].Place}", "write all its paths once");
                continue;
            }

            scopes.Add(new CaseScope(record.Name, Paths(paths, record, findings)));
        }

        return scopes.ToImmutable();
    }

    private static RecordType? Record(YamlNode? node, Catalogue catalogue, Findings findings)
    {
        if (Scalars.Text(node, "record", findings) is not { } name)
        {
            return null;
        }

        if (!catalogue.Records.TryGetValue(name, out var record))
        {
            findings.Error(node!.Mark, $"there is no record {Findings.Quote(name)}",
                Suggestion.Or(name, catalogue.Records.Keys, "write one of: " + string.Join(", ", catalogue.Records.Keys.Order(StringComparer.Ordinal))));
        }
        else if (record.Domain != Domain.Registration)
        {
            findings.Error(node!.Mark, $"{name} tells of usage, which is never linked to a person who is known by name", "leave it out");
            return null;
        }

        return record;
    }

    private static ImmutableArray<string> Paths(ImmutableArray<YamlNode> nodes, RecordType record, Findings findings)
    {
        var leaves = new Dictionary<Leaf, Mark>();
        foreach (var node in nodes)
        {
            if (Scalars.Text(node, "paths", findings) is { } path && FieldsCompiler.LeafOf(path, record, node.Mark, findings) is { } leaf
                && !leaves.TryAdd(leaf, node.Mark))
            {
                findings.Error(node.Mark, $"{path} is named twice, first at {leaves[leaf].Place}", "write it once");
            }
        }

        return [.. leaves.Keys.OrderBy(l => l.Index).Select(l => l.Path)];
    }

    private static NoticeDelay? Notice(Section section, DateTimeOffset now, Findings findings)
    {
        if (section.Find("notice") is not { } node)
        {
            return null;
        }

        if (Section.Of(node, "the notice", findings, "until", "basis") is not { } notice)
        {
            return null;
        }

        var until = Ahead(notice.Require("until", "2026-12-31"), "until", CaseRules.LongestDelay, now, findings);
        var basis = Scalars.Text(notice.Require("basis", "the law or the order that demands the delay"), "basis", findings);
        return until is null || basis is null ? null : new NoticeDelay(until.Value, basis);
    }

    private static DateTimeOffset? Ahead(YamlNode? node, string key, TimeSpan most, DateTimeOffset now, Findings findings)
    {
        var date = Scalars.Date(node, key, findings);
        if (date is { } value && (value <= now || value > now + most))
        {
            findings.Error(node!.Mark, $"'{key}' is not within {most.Days} days from now",
                $"write a day after {now.UtcDateTime:yyyy-MM-dd} and not after {(now + most).UtcDateTime:yyyy-MM-dd}");
        }

        return date;
    }
}

/// <summary>What a compilation gives: the terms, or every error.</summary>
/// <param name="Terms">Null where there are errors.</param>
/// <param name="Errors">Every error, by line and column.</param>
public sealed record CompiledCase(CaseTerms? Terms, ImmutableArray<ContractFinding> Errors);
