using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>A method of a labelled service, as the partner listener serves it.</summary>
public sealed class ServiceMethod
{
    internal ServiceMethod(MethodDescriptor descriptor, Shape shape, RecordType? record)
    {
        Descriptor = descriptor;
        Shape = shape;
        Record = record;
        FullName = $"{descriptor.Service.FullName}/{descriptor.Name}";
    }

    /// <summary>The method.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary>How it hands out records.</summary>
    public Shape Shape { get; }

    /// <summary>The record it serves; null for one that hands out no records.</summary>
    public RecordType? Record { get; }

    /// <summary>True when its answer is a stream, which ends with its connection and not by a deadline of ours.</summary>
    public bool Streams => Descriptor.IsServerStreaming;

    /// <summary>Name within the service, as contracts write it: <c>GetShipment</c>.</summary>
    public string Name => Descriptor.Name;

    /// <summary><c>gateway.fulfilment.v1.FulfilmentService/GetShipment</c>: span name, log entry, route without its leading slash.</summary>
    public string FullName { get; }

    public override string ToString() => FullName;
}
