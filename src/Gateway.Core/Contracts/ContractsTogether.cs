namespace Gateway.Core.Contracts;

/// <summary>What can only be checked over all contracts: names, identities and dates that collide, and what is not in force.</summary>
internal static class ContractsTogether
{
    public static void Check(IReadOnlyList<CompiledContract> contracts, DateTimeOffset now, Findings findings)
    {
        for (var i = 0; i < contracts.Count; i++)
        {
            var contract = contracts[i];
            foreach (var before in contracts.Take(i))
            {
                CheckPair(before, contract, findings);
            }

            WarnNotInForce(contract, now, findings);
        }

        ContractDomains.Check(contracts, findings);
    }

    private static void CheckPair(CompiledContract before, CompiledContract contract, Findings findings)
    {
        if (contract.Name is { } name && before.Name?.Name == name.Name)
        {
            findings.Error(name.At, $"the contract '{name.Name}' is also in {before.Name.Value.At.File}", "give each contract a name of its own");
        }

        if (contract.Partner is not { } partner || before.Partner is not { } other)
        {
            return;
        }

        if (contract.Uri is { } uri && before.Uri?.Uri == uri.Uri && partner.Id != other.Id)
        {
            findings.Error(uri.At, $"'{uri.Uri}' already identifies the partner '{other.Id}' in {other.At.File}",
                "give each partner a SPIFFE ID of its own");
        }

        if (partner.Id == other.Id && contract.Agreement is { } mine && before.Agreement is { } its
            && mine.Dates.Effective < its.Dates.Expires && its.Dates.Effective < mine.Dates.Expires)
        {
            findings.Error(mine.Effective, $"'{partner.Id}' has two agreements at once, the other in {its.Effective.File}",
                "let one begin the day after the other expires");
        }
    }

    private static void WarnNotInForce(CompiledContract contract, DateTimeOffset now, Findings findings)
    {
        if (contract.Agreement is not { } agreement)
        {
            return;
        }

        if (agreement.Dates.Expires <= now)
        {
            findings.Warn(agreement.Expires, "not in force: the agreement has expired", "renew it, or remove the file");
        }
        else if (now < agreement.Dates.Effective)
        {
            findings.Warn(agreement.Effective, "not in force yet: the agreement is still to begin", "nothing, if that is meant");
        }
    }
}
