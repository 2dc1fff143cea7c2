using System.Diagnostics;
using System.Globalization;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;

namespace Gateway.Stores.Sqlite.Spans;

/// <summary>An ended activity as the message that is kept.</summary>
internal static class SpanEncoder
{
    public static Span Encode(Activity activity)
    {
        var span = new Span
        {
            Id = Bytes(activity.SpanId),
            Name = activity.DisplayName,
            StartUnixNanos = UnixNanos(activity.StartTimeUtc),
            DurationNanos = activity.Duration.Ticks * TimeSpan.NanosecondsPerTick,
            Error = activity.Status == ActivityStatusCode.Error,
        };
        if (activity.ParentSpanId != default)
        {
            span.Parent = Bytes(activity.ParentSpanId);
        }

        foreach (var (name, value) in activity.EnumerateTagObjects())
        {
            span.Attributes.Add(new Span.Types.Attribute { Name = name, Value = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" });
        }

        foreach (ref readonly var link in activity.EnumerateLinks())
        {
            span.Link = $"{link.Context.TraceId}-{link.Context.SpanId}";
        }

        return span;
    }

    public static long UnixNanos(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private static ByteString Bytes(ActivitySpanId id)
    {
        Span<byte> bytes = stackalloc byte[8];
        id.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
