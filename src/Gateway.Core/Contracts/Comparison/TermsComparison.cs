using System.Globalization;
using Gateway.Core.Subjects;

namespace Gateway.Core.Contracts.Comparison;

/// <summary>What changes in a contract besides its grants: who the partner is, how it proves it, and for how long.</summary>
internal static class TermsComparison
{
    public static void Compare(Contract before, Contract after, List<ContractChange> changes)
    {
        var partner = after.Partner.Id;
        void Add(ChangeKind kind, string text) => changes.Add(new ContractChange(kind, partner, text));
        void Differs(string what, string was, string now)
        {
            if (was != now)
            {
                Add(ChangeKind.Other, $"has {what} {Shown(now)}, before {Shown(was)}");
            }
        }

        Dates(before.Agreement, after.Agreement, Add);
        Admits("networks", [.. before.Identity.Networks.Select(n => n.ToString())], [.. after.Identity.Networks.Select(n => n.ToString())], Add);
        Admits("keys", [.. before.Identity.Keys.Select(k => k.Text)], [.. after.Identity.Keys.Select(k => k.Text)], Add);
        Asserts(before.SubjectAccess, after.SubjectAccess, Add);
        Differs("the partner id", before.Partner.Id, after.Partner.Id);
        Differs("the identity", before.Identity.Uri.Value, after.Identity.Uri.Value);
        Differs("the authority", before.Identity.Authority, after.Identity.Authority);
        Differs("the name", before.Partner.Name, after.Partner.Name);
        Differs("the role", before.Partner.Role.ToString(), after.Partner.Role.ToString());
        Differs("the country", before.Partner.Country, after.Partner.Country);
        Differs("the safeguard", before.Partner.Safeguard ?? "", after.Partner.Safeguard ?? "");
        Differs("the security contact", before.Partner.SecurityContact, after.Partner.SecurityContact);
        Differs("the privacy contact", before.Partner.PrivacyContact, after.Partner.PrivacyContact);
        Differs("the agreement", before.Agreement.Reference, after.Agreement.Reference);
        Differs("suspend_on", string.Join(", ", before.SuspendOn.Order()), string.Join(", ", after.SuspendOn.Order()));
    }

    private static void Dates(Agreement before, Agreement after, Action<ChangeKind, string> add)
    {
        if (before.Effective != after.Effective)
        {
            add(after.Effective < before.Effective ? ChangeKind.Widening : ChangeKind.Narrowing,
                $"is effective from {Day(after.Effective)}, before {Day(before.Effective)}");
        }

        if (before.Expires != after.Expires)
        {
            add(after.Expires > before.Expires ? ChangeKind.Widening : ChangeKind.Narrowing,
                $"expires after {Day(after.Expires.AddDays(-1))}, before {Day(before.Expires.AddDays(-1))}");
        }
    }

    // Whoever holds such a key can ask for any customer.
    private static void Asserts(SubjectAccess? before, SubjectAccess? after, Action<ChangeKind, string> add)
    {
        string[] was = [.. before?.Keys.Select(k => k.Text) ?? []], now = [.. after?.Keys.Select(k => k.Text) ?? []];
        foreach (var key in now.Except(was, StringComparer.Ordinal))
        {
            add(ChangeKind.Widening, $"may see what is held of any customer whom key {key} asserts");
        }

        foreach (var key in was.Except(now, StringComparer.Ordinal))
        {
            add(ChangeKind.Narrowing, $"may no longer see what is held of customers whom key {key} asserts");
        }
    }

    // An empty list admits everything.
    private static void Admits(string what, string[] before, string[] after, Action<ChangeKind, string> add)
    {
        var (was, now) = (before.ToHashSet(StringComparer.Ordinal), after.ToHashSet(StringComparer.Ordinal));
        if (!was.SetEquals(now))
        {
            var narrows = was.Count == 0 || (now.Count > 0 && now.IsSubsetOf(was));
            add(narrows ? ChangeKind.Narrowing : ChangeKind.Widening, $"is held to {what} {Any(after)}, before {Any(before)}");
        }
    }

    private static string Any(string[] values) => values.Length == 0 ? "of any kind" : string.Join(", ", values);

    private static string Shown(string value) => value.Length == 0 ? "none" : value;

    private static string Day(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
