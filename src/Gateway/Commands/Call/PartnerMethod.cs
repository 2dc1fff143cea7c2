using Gateway.Calls;
using Gateway.Core.Annotations;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Gateway.Commands.Call;

/// <summary>A method found by its name, ready to be called without generated code.</summary>
internal sealed class PartnerMethod
{
    private PartnerMethod(MethodDescriptor descriptor)
    {
        Descriptor = descriptor;
        Method = new Method<IMessage, IMessage>(
            descriptor.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary,
            descriptor.Service.FullName,
            descriptor.Name,
            Marshaller(descriptor.InputType),
            Marshaller(descriptor.OutputType));
    }

    public MethodDescriptor Descriptor { get; }

    public Method<IMessage, IMessage> Method { get; }

    /// <param name="name"><c>package.Service/Method</c> or <c>Service/Method</c>.</param>
    /// <exception cref="CommandFailure">There is none of that name; tells those there are.</exception>
    public static PartnerMethod Find(string name)
    {
        var methods = PartnerServices.Catalogue.Methods.Values;
        var found = methods.FirstOrDefault(m => m.FullName == name || m.FullName.EndsWith("." + name, StringComparison.Ordinal));
        return found is not null
            ? new PartnerMethod(found.Descriptor)
            : throw new CommandFailure(
                ExitCode.Usage, $"there is no method '{name}'", "one of: " + string.Join(", ", methods.Select(Short).Order(StringComparer.Ordinal)));
    }

    /// <exception cref="CommandFailure">Not JSON, or not of this message.</exception>
    public IMessage ParseRequest(string json)
    {
        try
        {
            return JsonParser.Default.Parse(json, Descriptor.InputType);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            var fields = string.Join(", ", Descriptor.InputType.Fields.InDeclarationOrder().Select(f => f.Name));
            throw new CommandFailure(
                ExitCode.Usage, $"-d is not a {Descriptor.InputType.Name}: {e.Message}", fields.Length > 0 ? $"its fields: {fields}" : "it has no fields");
        }
    }

    private static string Short(ServiceMethod method) => method.FullName[(method.FullName.LastIndexOf('.') + 1)..];

    private static Marshaller<IMessage> Marshaller(MessageDescriptor type) =>
        Marshallers.Create(message => message.ToByteArray(), bytes => type.Parser.ParseFrom(bytes));
}
