using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Gateway.Core.Log;

/// <summary>A <see cref="CallRecord"/> → the leaf's bytes: what <c>Entry</c> would serialise to, without building one.</summary>
internal static class CallLeaf
{
    /// <summary>Room for everything whose length is bounded: ids, hashes, numbers, tags and lengths.</summary>
    private const int Fixed = 256;

    /// <summary>An upper bound of the leaf's length, bytes.</summary>
    public static int MaxSize(in CallRecord call) => Fixed + call.Caller.Field.Length
        + (3 * (call.Method.Length + (call.Purpose?.Length ?? 0)))
        + (3 * (call.Legal?.CaseId.Length ?? 0))
        + (SubjectKey.PseudonymSize * (call.Records.Length + call.Subjects.Length + call.Permissions.Length + call.Tombstones.Length));

    /// <summary>Writes the leaf and gives its length.</summary>
    public static int Write(in CallRecord call, Span<byte> destination)
    {
        var row = call.Refusal is { } reason ? Refusals.Of(reason) : null;
        var writer = new WireWriter(destination);
        call.Receipt.Value.TryWriteBytes(writer.Delimit(Entry.ReceiptFieldNumber, 16), bigEndian: true, out _);
        writer.Time(Entry.TimeFieldNumber, call.Time);
        writer.Number(Entry.KindFieldNumber, (ulong)(row is null ? Kind.Disclosure : Kind.Refusal));
        writer.Raw(call.Caller.Field);
        writer.Text(Entry.MethodFieldNumber, call.Method);
        writer.Text(Entry.PurposeFieldNumber, call.Purpose);
        writer.Text(Entry.BasisFieldNumber, call.Basis?.Name());
        writer.Bytes(Entry.ScopeFieldNumber, call.Scope is { } scope ? scope.Hash.Span : default);
        writer.Pseudonyms(Entry.RecordsFieldNumber, call.Records.Span);
        writer.Pseudonyms(Entry.SubjectsFieldNumber, call.Subjects.Span);
        writer.Number(Entry.OutcomeFieldNumber, (ulong)(row?.Outcome ?? Outcome.Released));
        writer.Text(Entry.RefusalFieldNumber, row?.Name);
        writer.Number(Entry.StatusFieldNumber, (ulong)(row?.Status ?? StatusCode.OK));
        if (call.Trace != default)
        {
            call.Trace.CopyTo(writer.Delimit(Entry.TraceFieldNumber, 16));
            call.Span.CopyTo(writer.Delimit(Entry.SpanFieldNumber, 8));
        }

        if (call.Link is { } link)
        {
            link.CopyTo(writer.Delimit(Entry.LinkFieldNumber, Telemetry.PartnerTrace.Size));
        }

        writer.Number(Entry.CountFieldNumber, call.Count);
        writer.Pseudonyms(Entry.TombstonesFieldNumber, call.Tombstones.Span);
        writer.Pseudonyms(Entry.PermissionsFieldNumber, call.Permissions.Span);
        if (call.Legal is { } legal)
        {
            // Rare, so as the message itself.
            var reference = new Entry.Types.LegalCase
            {
                Id = legal.CaseId,
                NoticeAfter = legal.NoticeAfter is { } after ? Timestamp.FromDateTimeOffset(after) : null,
            };
            reference.WriteTo(writer.Delimit(Entry.LegalCaseFieldNumber, reference.CalculateSize()));
        }

        return writer.Written;
    }
}
