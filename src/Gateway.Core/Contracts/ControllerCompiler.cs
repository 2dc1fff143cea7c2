using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>
/// The policy's sections <c>controller</c>, <c>subjects</c> and <c>security</c>: what the record of processing tells beyond contracts.
/// No call needs them, so that they may be left out; <see cref="Policy.Unsaid"/> tells which are.
/// </summary>
internal static class ControllerCompiler
{
    /// <summary>The sections' keys.</summary>
    public static ImmutableArray<string> Keys { get; } = ["controller", "subjects", "security"];

    public static (Controller? Controller, ImmutableArray<string> Subjects, ImmutableArray<string> Security) Compile(Section policy, Findings findings) => (
        ControllerOf(policy, findings), Lines(policy, "subjects", "[customers who order]", findings),
        Lines(policy, "security", "[mutual TLS with a certificate for each partner]", findings));

    private static Controller? ControllerOf(Section policy, Findings findings)
    {
        if (Section.Of(policy.Find("controller"), "the controller", findings,
            "name", "address", "country", "contacts", "representative", "dpo", "joint") is not { } section)
        {
            return null;
        }

        var name = Scalars.Text(section.Require("name", "the legal name"), "name", findings);
        var address = Scalars.Text(section.Require("address", "the postal address on one line"), "address", findings);
        var countryNode = section.Require("country", "GB");
        var country = Scalars.Text(countryNode, "country", findings);
        if (country is not null && !Countries.IsKnown(country))
        {
            findings.Error(countryNode!.Mark, $"{Findings.Quote(country)} is no country",
                country == "UK" ? "did you mean 'GB'?" : "write its ISO 3166-1 alpha-2 code, as GB");
        }

        var contacts = Section.Of(
            section.Require("contacts", "{ privacy: …, security: … }"), "the contacts", findings, "privacy", "security");
        var privacy = Scalars.Text(contacts?.Require("privacy", "whom customers write to"), "privacy", findings);
        var security = Scalars.Text(contacts?.Require("security", "whom to call at 3 am"), "security", findings);
        var representative = Contact(section.Find("representative"), "the representative", findings);
        var officer = Contact(section.Find("dpo"), "the data protection officer", findings);
        var joint = section.List("joint", "[{ name: …, contact: … }]")
            .Select(n => Contact(n, "the joint controller", findings)).OfType<NamedContact>().ToImmutableArray();
        return name is null || address is null || country is null || privacy is null || security is null
            ? null
            : new Controller(name, address, country, privacy, security) { Representative = representative, Officer = officer, Joint = joint };
    }

    private static NamedContact? Contact(YamlNode? node, string what, Findings findings)
    {
        if (Section.Of(node, what, findings, "name", "contact") is not { } section)
        {
            return null;
        }

        var name = Scalars.Text(section.Require("name", "who it is"), "name", findings);
        var contact = Scalars.Text(section.Require("contact", "how to reach them"), "contact", findings);
        return name is null || contact is null ? null : new NamedContact(name, contact);
    }

    private static ImmutableArray<string> Lines(Section policy, string key, string example, Findings findings) =>
        policy.Find(key) is null
            ? []
            : [.. policy.RequireList(key, example).Select(n => Scalars.Text(n, key, findings)).OfType<string>()];
}
