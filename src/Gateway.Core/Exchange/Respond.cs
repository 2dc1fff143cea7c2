using Google.Protobuf;

namespace Gateway.Core.Exchange;

/// <summary>The last step: the response message with its receipt, marked in its call as the one instance that may leave.</summary>
internal static class Responder
{
    public static IMessage Respond(RecordedReply reply, ResponseWriter writer)
    {
        var response = writer.Write(reply.Minimised.Messages, reply.Minimised.NextToken, reply.Receipt);
        reply.Minimised.Call.Call.Open.Release(response);
        return response;
    }
}
