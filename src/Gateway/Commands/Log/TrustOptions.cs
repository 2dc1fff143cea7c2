using System.Collections.Immutable;
using System.CommandLine;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Verification;

namespace Gateway.Commands.Log;

/// <summary>Whose signatures count: <c>--key</c> and <c>--witness</c>.</summary>
internal sealed class TrustOptions(bool keyRequired)
{
    private readonly Option<string[]> _keys = new("--key")
    {
        Description = "The log's verifier key, or a file of such keys, got from whoever answers for the log."
            + (keyRequired ? "" : " Default: what the gateway itself says, which proves nothing against the gateway."),
        Required = keyRequired,
    };

    private readonly Option<string[]> _witnesses = new("--witness")
    {
        Description = "A witness's verifier key, or a file of such keys: each must have cosigned the checkpoint.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_keys);
        command.Options.Add(_witnesses);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="own">What the gateway says its keys are; null where there is no gateway to ask.</param>
    /// <exception cref="CommandFailure">No key, or one that is none.</exception>
    public LogTrust Read(ParseResult parsed, IReadOnlyList<NoteVerifier>? own)
    {
        var keys = Keys(parsed.GetValue(_keys), "--key");
        var witnesses = Keys(parsed.GetValue(_witnesses), "--witness");
        if (witnesses.FirstOrDefault(w => w.Type != NoteVerifier.Cosignature) is { } wrong)
        {
            throw new CommandFailure(ExitCode.Usage, $"--witness: {wrong} is not a witness's key.", "`gateway witness key` prints one");
        }

        if (keys.Length == 0 && own is null)
        {
            throw new CommandFailure(ExitCode.Usage, "--key is needed: files prove nothing about themselves.", "ask whoever answers for the log for what `gateway log key` prints");
        }

        if (keys.Length == 0)
        {
            Output.Note("Without --key this trusts the gateway to name its own key.");
        }

        return new LogTrust(keys.Length > 0 ? keys : [.. own!], witnesses);
    }

    private static ImmutableArray<NoteVerifier> Keys(string[]? given, string option)
    {
        var keys = ImmutableArray.CreateBuilder<NoteVerifier>();
        foreach (var text in (given ?? []).SelectMany(g => File.Exists(g) ? File.ReadAllLines(g).Where(l => l.Length > 0) : [g]))
        {
            keys.Add(NoteVerifier.TryParse(text, out var key) ? key : throw new CommandFailure(
                ExitCode.Usage, $"{option}: '{text}' is no verifier key.", "write NAME+ID+BASE64, as `gateway log key` prints it, or the name of a file of such keys"));
        }

        return keys.ToImmutable();
    }
}
