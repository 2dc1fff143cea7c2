using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Stores.Tests.Faults;

/// <summary>A system call as strace(1) wrote it down.</summary>
/// <param name="Thread">Who called.</param>
/// <param name="Name">What.</param>
/// <param name="Arguments">As written, without the brackets.</param>
/// <param name="Result">What it gave; -1 for a failure.</param>
/// <param name="Begun">Line at which it had begun at the latest.</param>
/// <param name="Ended">Line at which it had returned: whatever was caused by it stands further down.</param>
internal sealed record SystemCall(int Thread, string Name, string Arguments, long Result, int Begun, int Ended)
{
    /// <summary>The first argument, where it is a descriptor.</summary>
    public int Descriptor => int.Parse(Arguments.AsSpan(0, Arguments.AsSpan().IndexOfAny(',', '<') is > 0 and var end ? end : Arguments.Length), CultureInfo.InvariantCulture);
}

/// <summary>Reads what <c>strace -f -o</c> wrote, in the order in which calls returned.</summary>
internal static partial class SystemCallTrace
{
    public static IEnumerable<SystemCall> Read(string path)
    {
        var unfinished = new Dictionary<int, (string Name, string Arguments, int Begun)>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var thread = int.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture);
            var rest = line.AsSpan(space).TrimStart();
            if (rest.StartsWith("<... "))
            {
                if (unfinished.Remove(thread, out var begun))
                {
                    // What a call reads stands where it returns.
                    var read = rest[(rest.IndexOf("resumed>") + 8)..];
                    var end = read.LastIndexOf(')');
                    yield return new SystemCall(
                        thread, begun.Name, string.Concat(begun.Arguments, end > 0 ? read[..end] : default), Result(line), begun.Begun, number);
                }

                continue;
            }

            var bracket = rest.IndexOf('(');
            if (bracket <= 0)
            {
                continue; // +++ exited, --- SIGNAL
            }

            var name = rest[..bracket].ToString();
            if (rest.EndsWith("<unfinished ...>"))
            {
                unfinished[thread] = (name, rest[(bracket + 1)..^"<unfinished ...>".Length].TrimEnd().ToString(), number);
                continue;
            }

            yield return new SystemCall(
                thread, name, rest[(bracket + 1)..rest.LastIndexOf(')')].ToString(), Result(line), number, number);
        }
    }

    // ") = 24", ") = -1 ENOSPC (No space left on device)"
    private static long Result(string line)
    {
        var match = Ending().Match(line);
        return match.Success ? long.Parse(match.Groups["result"].ValueSpan, CultureInfo.InvariantCulture) : -1;
    }

    [GeneratedRegex(@"\) += (?<result>-?\d+)", RegexOptions.RightToLeft | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Ending();
}
