using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>The policy's <c>lists</c> → <see cref="MailingList"/>s.</summary>
internal static class ListsCompiler
{
    /// <param name="policy">The policy.</param>
    /// <param name="purposes">Its purposes, also those that are wrong.</param>
    /// <param name="findings">Where errors go.</param>
    public static ImmutableArray<MailingList> Compile(Section policy, IReadOnlyCollection<string> purposes, Findings findings)
    {
        var lists = ImmutableArray.CreateBuilder<MailingList>();
        foreach (var node in policy.List("lists", "[{list: newsletter, title: New titles each month, purpose: marketing.communications.email}]"))
        {
            if (Section.Of(node, "the list", findings, "list", "title", "purpose") is not { } section)
            {
                continue;
            }

            var idNode = section.Require("list", "newsletter");
            var id = Scalars.Id(idNode, "list", findings);
            var title = Scalars.Text(section.Require("title", "what customers are told it is"), "title", findings);
            var purposeNode = section.Require("purpose", "marketing.communications.email");
            var purpose = Scalars.Text(purposeNode, "purpose", findings);
            if (purpose is not null && !purposes.Contains(purpose, StringComparer.Ordinal))
            {
                findings.Error(purposeNode!.Mark, $"the policy does not name the purpose {Findings.Quote(purpose)}", Suggestion.Or(purpose, purposes,
                    "write one of the policy's purposes: " + string.Join(", ", purposes.Order(StringComparer.Ordinal))));
            }

            if (id is not null && lists.Any(l => l.Id == id))
            {
                findings.Error(idNode!.Mark, $"list '{id}' is named twice", "merge the two");
            }
            else if (id is not null && title is not null && purpose is not null)
            {
                lists.Add(new MailingList(id, title, purpose));
            }
        }

        return lists.ToImmutable();
    }
}
