using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gateway.Core.Contracts.Yaml;

/// <summary>
/// Bytes → nodes with their places. Reads the parser's events itself: anchors, aliases and tags are refused, so that no file can
/// grow while it is read.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Largest file, bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Deepest nesting; the format needs five levels.</summary>
    private const int MaxDepth = 12;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly Findings _findings;
    private readonly Parser _parser;

    private YamlReader(string file, string text, Findings findings)
    {
        _file = file;
        _findings = findings;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The file's one mapping; null where an error was found instead.</summary>
    public static YamlMap? Read(ContractFile file, Findings findings)
    {
        var start = new Mark(file.Name, 1, 1);
        if (file.Bytes.Length > MaxBytes)
        {
            findings.Error(start, "the file is larger than 1 MiB", "write one file a contract");
            return null;
        }

        try
        {
            var text = s_strict.GetString(file.Bytes.Span).TrimStart('\uFEFF');
            return new YamlReader(file.Name, text, findings).ReadStream(start);
        }
        catch (DecoderFallbackException)
        {
            findings.Error(start, "the file is not UTF-8", "save it as UTF-8");
        }
        catch (TooDeepException e)
        {
            findings.Error(e.Mark, $"nested deeper than {MaxDepth} levels", "write the contract's few levels only");
        }
        catch (YamlException e)
        {
            findings.Error(At(file.Name, e.Start), "not YAML: " + OneLine(e.Message), "check indentation, quotes and colons here");
        }

        return null;
    }

    private YamlMap? ReadStream(Mark start)
    {
        Next();
        Next();
        if (_parser.Current is StreamEnd)
        {
            _findings.Error(start, "the file is empty", "write a policy or a contract, or remove the file");
            return null;
        }

        Next();
        var node = ReadNode(0);
        Next();
        if (_parser.Current is not StreamEnd)
        {
            _findings.Error(At(_file, _parser.Current!.Start), "a second document in one file", "write one contract a file");
            return null;
        }

        if (node is YamlMap map)
        {
            return map;
        }

        if (node is not YamlUnreadable)
        {
            _findings.Error(node.Mark, "the file holds no mapping", "write 'key: value' lines");
        }

        return null;
    }

    // On the node's first event when called, on the event after its last when it returns.
    private YamlNode ReadNode(int depth)
    {
        var current = (ParsingEvent)_parser.Current!;
        var mark = At(_file, current.Start);
        if (depth > MaxDepth)
        {
            throw new TooDeepException(mark);
        }

        if (current is AnchorAlias)
        {
            _findings.Error(mark, "an alias", "write the value out: anchors and aliases are refused");
            Next();
            return new YamlUnreadable(mark);
        }

        if (current is NodeEvent { Anchor.IsEmpty: false })
        {
            _findings.Error(mark, "an anchor", "remove it: anchors and aliases are refused");
        }

        if (current is NodeEvent { Tag.IsEmpty: false })
        {
            _findings.Error(mark, "a tag", "remove it: the format needs no tags");
        }

        Next();
        switch (current)
        {
            case SequenceStart:
                var items = new List<YamlNode>();
                while (_parser.Current is not SequenceEnd)
                {
                    items.Add(ReadNode(depth + 1));
                }

                Next();
                return new YamlList([.. items], mark);
            case MappingStart:
                return ReadMap(mark, depth);
            case Scalar scalar:
                return new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, mark);
            default:
                throw new YamlException(current.Start, current.End, "a value is missing");
        }
    }

    private YamlMap ReadMap(Mark mark, int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, Mark>(StringComparer.Ordinal);
        while (_parser.Current is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar { Text: var name })
            {
                _findings.Error(key.Mark, "a key that is not a word", "write 'key: value'");
            }
            else if (seen.TryGetValue(name, out var first))
            {
                _findings.Error(key.Mark, $"{Findings.Quote(name)} is written twice, first at {first.Place}", "write it once");
            }
            else
            {
                seen.Add(name, key.Mark);
                entries.Add(new YamlEntry(name, key.Mark, value));
            }
        }

        Next();
        return new YamlMap([.. entries], mark);
    }

    // On some malformed text the parser fails by an exception of its own making instead of a YamlException.
    private void Next()
    {
        var at = _parser.Current?.End ?? YamlDotNet.Core.Mark.Empty;
        try
        {
            _parser.MoveNext();
        }
        catch (Exception e) when (e is not YamlException)
        {
            throw new YamlException(at, at, "this or the next line does not end as it began", e);
        }
    }

    private static Mark At(string file, YamlDotNet.Core.Mark mark) => new(file, (int)mark.Line, (int)mark.Column);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');

    private sealed class TooDeepException(Mark mark) : Exception
    {
        public Mark Mark { get; } = mark;
    }
}
