using Gateway.Commands.Trace;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;
using Spectre.Console;
using Spectre.Console.Rendering;
using Trace = Gateway.Protos.Admin.V1.Trace;

namespace Gateway.Tests.Telemetry;

public sealed class WaterfallTests
{
    // 2026-01-02 03:04:05.678 UTC.
    private const long Start = 1_767_323_045_678_000_000;

    [Fact]
    public void Draw_AReleasedCall_IsToScaleWithItsDecisionBeneath()
    {
        var trace = new Trace
        {
            Id = "0af7651916cd43dd8448eb211c80319c",
            Spans =
            {
                Span(1, 0, "gateway.fulfilment.v1.FulfilmentService/GetShipment", 0, 1_000_000,
                    ("gateway.decision", "released"), ("gateway.partner", "northgate-warehouse"), ("gateway.fields.released", "7"), ("gateway.records", "1")),
                Span(2, 1, "authorize", 50_000, 5_000),
                Span(3, 1, "fetch", 100_000, 300_000),
                Span(4, 1, "record", 500_000, 450_000),
            },
        };

        Render(Waterfall.Draw(trace)).ShouldBe(
            """
            gateway.fulfilment.v1.FulfilmentService/GetShipment
            trace 0af7651916cd43dd8448eb211c80319c, 2026-01-02 03:04:05.678Z

            call        ████████████████████████████████████████ 1.000 ms
              authorize   █                                      0.005 ms
              fetch         ████████████                         0.300 ms
              record                        ██████████████████   0.450 ms

            decision         released
            partner          northgate-warehouse
            fields released  7
            records          1
            """);
    }

    [Fact]
    public void Draw_ARefusedCall_SaysWhichStepSaidNoAndMarkupStaysText()
    {
        var root = Span(1, 0, "_OTHER", 0, 200_000, ("gateway.decision", "refused"), ("gateway.refusal", "METHOD_NOT_GRANTED"), ("gateway.partner", "[red]x"));
        root.Link = "0123456789abcdef0123456789abcdef-0123456789abcdef";
        var trace = new Trace
        {
            Id = "0af7651916cd43dd8448eb211c80319c",
            Spans = { root, Span(2, 1, "authorize", 0, 100_000, ("gateway.refusal", "METHOD_NOT_GRANTED")) },
        };

        Render(Waterfall.Draw(trace)).ShouldBe(
            """
            _OTHER
            trace 0af7651916cd43dd8448eb211c80319c, 2026-01-02 03:04:05.678Z
            the partner's own trace: 0123456789abcdef0123456789abcdef-0123456789abcdef

            call        ████████████████████████████████████████ 0.200 ms
              authorize ████████████████████                     0.100 ms METHOD_NOT_GRANTED

            decision  refused
            refusal   METHOD_NOT_GRANTED
            partner   [red]x
            """);
    }

    [Fact]
    public void Draw_AStreamWithoutItsRoot_SaysThatItStillRuns() =>
        Render(Waterfall.Draw(new Trace { Id = "ab", Spans = { Span(2, 1, "fetch", 0, 100_000) } }))
            .ShouldStartWith("a call that still runs");

    [Theory]
    [InlineData(0, 100, 100, 0, 40)]
    [InlineData(0, 0, 100, 0, 1)]
    [InlineData(100, 0, 100, 39, 1)]
    [InlineData(50, 25, 100, 20, 10)]
    [InlineData(0, 0, 0, 0, 40)]
    public void Bar_AnySpan_StaysInItsCellsAndHasAtLeastOne(long offset, long duration, long total, int before, int length)
    {
        var bar = Waterfall.Bar(offset, duration, total);

        bar.Length.ShouldBe(40);
        bar.IndexOf('█', StringComparison.Ordinal).ShouldBe(before);
        bar.Count(c => c == '█').ShouldBe(length);
    }

    private static string Render(IRenderable shape)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 120;
        console.Write(shape);
        return string.Join('\n', writer.ToString().ReplaceLineEndings("\n").Split('\n').Select(l => l.TrimEnd())).TrimEnd();
    }

    private static Span Span(byte id, byte parent, string name, long offset, long duration, params (string Name, string Value)[] attributes)
    {
        var span = new Span
        {
            Id = ByteString.CopyFrom(id), Name = name, StartUnixNanos = Start + offset, DurationNanos = duration,
            Attributes = { attributes.Select(a => new Span.Types.Attribute { Name = a.Name, Value = a.Value }) },
        };
        if (parent != 0)
        {
            span.Parent = ByteString.CopyFrom(parent);
        }

        return span;
    }
}
