using Gateway.Protos.Admin.V1;
using Gateway.Requests;
using Gateway.Tests.Running;
using Grpc.Core;

namespace Gateway.Tests.Requests;

/// <summary>Requests are taken, shown, extended and ended by staff who may; each act is on record under the customer's mark.</summary>
public sealed class RequestDeskTests
{
    private const string Words = "my street is Quillfeather Lane 7";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_Rectification_HasAMonthAndIsRecordedUnderTheMark()
    {
        await using var scene = await RequestScene.StartAsync();

        var request = await scene.OpenCorrectionAsync("Shipment", Words, "address");

        request.Due.ToDateTimeOffset().ShouldBe(request.Opened.ToDateTimeOffset().AddMonths(1));
        request.Record.ShouldBe("gateway.fulfilment.v1.Shipment");
        request.Fields.ShouldContain(f => f == "address.street");
        request.Fields.ShouldAllBe(f => f.StartsWith("address.", StringComparison.Ordinal));
        var act = (await scene.ActsAsync(RequestActs.Open)).ShouldHaveSingleItem();
        act.Target.ShouldBe(await scene.MarkAsync());
        act.Actor.ShouldBe("privacy-officer");
        act.Reason.ShouldContain(request.Id);
        RequestScene.FilesWith(scene.Gateway.Settings, Words).ShouldAllBe(f => f.StartsWith("requests.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_WhatTheCustomerWrote_IsRecordedFirst()
    {
        await using var scene = await RequestScene.StartAsync();
        var request = await scene.OpenCorrectionAsync("Shipment", Words, "address.street");

        var listed = await scene.Requests.ListRequestsAsync(new ListRequestsRequest(), cancellationToken: Cancellation);
        (await scene.ActsAsync(RequestActs.Read)).ShouldBeEmpty();
        var shown = await scene.Requests.GetRequestAsync(new GetRequestRequest { Id = request.Id }, cancellationToken: Cancellation);

        listed.ToString().ShouldNotContain(RequestScene.Order.CustomerId);
        listed.ToString().ShouldNotContain(Words);
        shown.SubjectId.ShouldBe(RequestScene.Order.CustomerId);
        shown.Words.ShouldBe(Words);
        (await scene.ActsAsync(RequestActs.Read)).ShouldHaveSingleItem().Target.ShouldBe(await scene.MarkAsync());
    }

    [Theory]
    [InlineData(RequestOutcome.Done, RequestState.Done)]
    [InlineData(RequestOutcome.Refused, RequestState.Refused)]
    public async Task Resolve_AnyOutcome_WipesWordsAndId(RequestOutcome outcome, RequestState state)
    {
        await using var scene = await RequestScene.StartAsync();
        var request = await scene.OpenCorrectionAsync("Shipment", Words, "address.street");
        RequestScene.FilesWith(scene.Gateway.Settings, Words).ShouldNotBeEmpty("it is looked for where it is");

        (await scene.ResolveAsync(request.Id, outcome)).Request.State.ShouldBe(state);

        RequestScene.FilesWith(scene.Gateway.Settings, Words).ShouldBeEmpty();
        RequestScene.FilesWith(scene.Gateway.Settings, RequestScene.Order.CustomerId).ShouldBeEmpty();
        var shown = await scene.Requests.GetRequestAsync(new GetRequestRequest { Id = request.Id }, cancellationToken: Cancellation);
        (shown.SubjectId, shown.Words, shown.Request.Resolution).ShouldBe(("", "", "answered by letter"));
        (await RefusedAsync(scene.Requests.ResolveRequestAsync(new ResolveRequestRequest { Id = request.Id, Outcome = outcome, Reason = "again" }, cancellationToken: Cancellation)))
            .StatusCode.ShouldBe(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task ListOf_TheCustomer_TellsHowEachStands()
    {
        await using var scene = await RequestScene.StartAsync();
        var desk = (RequestDesk)scene.Gateway.Services.GetService(typeof(RequestDesk))!;
        var first = await scene.OpenCorrectionAsync("Shipment", Words, "address.street");
        var second = await scene.OpenErasureAsync();
        await scene.ResolveAsync(first.Id, RequestOutcome.Refused);

        var own = await desk.ListOfAsync(RequestScene.Order.CustomerId, Cancellation);
        own.Select(r => (r.Id.ToString("D"), r.State)).ShouldBe(
            [(second.Id, Core.Requests.RequestState.Open), (first.Id, Core.Requests.RequestState.Refused)], ignoreOrder: true);
        (await desk.ListOfAsync("C-1", Cancellation)).ShouldBeEmpty();

        await scene.ResolveAsync(second.Id);
        (await desk.ListOfAsync(RequestScene.Order.CustomerId, Cancellation)).ShouldBeEmpty("nothing leads from one who was forgotten to their requests");
    }

    [Fact]
    public async Task Open_TheEleventh_IsRefusedUntilOneEnds()
    {
        await using var scene = await RequestScene.StartAsync();
        var requests = new List<CustomerRequest>();
        for (var i = 0; i < RequestDesk.MostOpen; i++)
        {
            requests.Add(await scene.OpenErasureAsync());
        }

        (await Should.ThrowAsync<RpcException>(() => scene.OpenErasureAsync())).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        await scene.ResolveAsync(requests[0].Id, RequestOutcome.Refused);
        (await scene.OpenErasureAsync()).State.ShouldBe(RequestState.Open);
    }

    [Fact]
    public async Task Open_Malformed_IsInvalid()
    {
        await using var scene = await RequestScene.StartAsync();
        OpenRequestRequest[] malformed =
        [
            new() { SubjectId = "", Kind = RequestKind.Erasure },
            new() { SubjectId = new string('c', 300), Kind = RequestKind.Erasure },
            new() { SubjectId = "C-1" },
            new() { SubjectId = "C-1", Kind = (RequestKind)9 },
            new() { SubjectId = "C-1", Kind = RequestKind.Erasure, Record = "Shipment" },
            new() { SubjectId = "C-1", Kind = RequestKind.Rectification, Record = "Nothing", Fields = { "address" } },
            new() { SubjectId = "C-1", Kind = RequestKind.Rectification, Record = "Shipment" },
            new() { SubjectId = "C-1", Kind = RequestKind.Rectification, Record = "Shipment", Fields = { "address.street", "addres" } },
            new() { SubjectId = "C-1", Kind = RequestKind.Erasure, Words = new string('ä', 2049) },
        ];

        foreach (var request in malformed)
        {
            (await RefusedAsync(scene.Requests.OpenRequestAsync(request, cancellationToken: Cancellation))).StatusCode.ShouldBe(StatusCode.InvalidArgument, request.ToString());
        }

        (await scene.ActsAsync(RequestActs.Open)).ShouldBeEmpty();
        (await scene.Requests.OpenRequestAsync(new OpenRequestRequest { SubjectId = "C-1", Kind = RequestKind.Erasure, Words = new string('ä', 2048) }, cancellationToken: Cancellation))
            .Request.ShouldNotBeNull();
    }

    [Fact]
    public async Task Extend_WithinTheFirstMonth_GivesUpToTwoMoreAndTellsWhy()
    {
        var clock = new ShiftedClock();
        await using var scene = await RequestScene.StartAsync(clock);
        var request = await scene.OpenErasureAsync();
        var late = await scene.OpenErasureAsync();
        ExtendRequestRequest For(string id, int months, string reason = "nine years of orders") => new() { Id = id, Months = months, Reason = reason };

        foreach (var months in (int[])[0, 3, -1])
        {
            (await RefusedAsync(scene.Requests.ExtendRequestAsync(For(request.Id, months), cancellationToken: Cancellation))).StatusCode.ShouldBe(StatusCode.InvalidArgument);
        }

        (await RefusedAsync(scene.Requests.ExtendRequestAsync(For(request.Id, 2, $"asked {RequestScene.Order.CustomerId} twice"), cancellationToken: Cancellation)))
            .StatusCode.ShouldBe(StatusCode.InvalidArgument);
        var extended = (await scene.Requests.ExtendRequestAsync(For(request.Id, 2), cancellationToken: Cancellation)).Request;
        extended.Due.ToDateTimeOffset().ShouldBe(request.Opened.ToDateTimeOffset().AddMonths(3));
        extended.Extension.ShouldBe("nine years of orders");
        (await scene.ActsAsync(RequestActs.Extend)).ShouldHaveSingleItem().Target.ShouldBe(await scene.MarkAsync());

        clock.PutForward(TimeSpan.FromDays(32));
        (await RefusedAsync(scene.Requests.ExtendRequestAsync(For(late.Id, 2), cancellationToken: Cancellation))).Status.Detail.ShouldContain("first month");
        (await scene.Requests.ListRequestsAsync(new ListRequestsRequest { Overdue = true }, cancellationToken: Cancellation))
            .Requests.Select(r => r.Id).ShouldBe([late.Id]);
    }

    [Theory]
    [InlineData("security-analyst")]
    [InlineData("operator")]
    [InlineData("legal-counsel")]
    public async Task EveryMethod_WithoutThePermission_IsDenied(string person)
    {
        await using var scene = await RequestScene.StartAsync();
        var request = await scene.OpenErasureAsync();
        var requests = new RequestService.RequestServiceClient(scene.Staff(person));
        var obligations = new ObligationService.ObligationServiceClient(scene.Staff(person));

        await DeniedAsync(requests.ListRequestsAsync(new ListRequestsRequest(), cancellationToken: Cancellation));
        await DeniedAsync(requests.GetRequestAsync(new GetRequestRequest { Id = request.Id }, cancellationToken: Cancellation));
        await DeniedAsync(requests.OpenRequestAsync(new OpenRequestRequest(), cancellationToken: Cancellation));
        await DeniedAsync(requests.ExtendRequestAsync(new ExtendRequestRequest(), cancellationToken: Cancellation));
        await DeniedAsync(requests.ResolveRequestAsync(new ResolveRequestRequest(), cancellationToken: Cancellation));
        await DeniedAsync(obligations.ListOverdueAsync(new ListOverdueRequest(), cancellationToken: Cancellation));
        await DeniedAsync(obligations.ConfirmByLetterAsync(new ConfirmByLetterRequest(), cancellationToken: Cancellation));
        await DeniedAsync(obligations.GetChecklistAsync(new GetChecklistRequest(), cancellationToken: Cancellation));
    }

    private static async Task DeniedAsync<T>(AsyncUnaryCall<T> call) => (await RefusedAsync(call)).StatusCode.ShouldBe(StatusCode.PermissionDenied);

    private static Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call) => Should.ThrowAsync<RpcException>(async () => await call);
}
