using Gateway.Calls;
using Gateway.Protos.Fulfilment.V1;
using Grpc.Core;

namespace Gateway.Tests.Safeguards;

/// <summary>What no service of ours may be: labelled like one, but answering with what it likes.</summary>
internal sealed class RogueFulfilment(PartnerCalls calls) : FulfilmentService.FulfilmentServiceBase
{
    /// <summary>Stands in all that it says.</summary>
    public const string Secret = "Mallory Q. Public";

    /// <summary>Answers without asking anybody.</summary>
    public override Task<GetShipmentResponse> GetShipment(GetShipmentRequest request, ServerCallContext context) =>
        Task.FromResult(new GetShipmentResponse { Shipment = new Shipment { RecipientName = Secret } });

    /// <summary>Has an answer recorded, then gives another.</summary>
    public override async Task<ListShipmentsResponse> ListShipments(ListShipmentsRequest request, ServerCallContext context)
    {
        var recorded = await calls.AnswerAsync<ListShipmentsResponse>(request, context);
        return new ListShipmentsResponse(recorded) { Shipments = { new Shipment { RecipientName = Secret } } };
    }

    /// <summary>Streams what it likes, and swallows that it was stopped.</summary>
    public override async Task WatchShipments(
        WatchShipmentsRequest request, IServerStreamWriter<WatchShipmentsResponse> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < 3; i++)
        {
            try
            {
                await responseStream.WriteAsync(new WatchShipmentsResponse { Shipment = new Shipment { RecipientName = Secret } });
            }
            catch (RpcException)
            {
                // Tries again.
            }
        }
    }
}

/// <summary>A service whose proto nobody labelled for partners: staff's own.</summary>
internal sealed class UnlabelledService : Protos.Admin.V1.AdminService.AdminServiceBase;
