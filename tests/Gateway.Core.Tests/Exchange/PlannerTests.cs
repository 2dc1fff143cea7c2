using Gateway.Core.Exchange;
using Gateway.Core.Tests.Contracts;
using Gateway.Protos.Fulfilment.V1;

namespace Gateway.Core.Tests.Exchange;

public sealed class PlannerTests
{
    private static readonly DateOnly s_day = DateOnly.FromDateTime(ExchangeScene.Start.UtcDateTime);
    private readonly ExchangeScene _scene = new();

    [Fact]
    public async Task Reload_KeepsWhatWasUsed()
    {
        _scene.PutShipment("A-1");
        await _scene.AnswerAsync<GetShipmentResponse>(_scene.Open(ExchangeScene.GetShipment), new GetShipmentRequest { OrderId = "A-1" });
        var before = Grant();

        _scene.Reload(ExchangeContracts.NorthgateFile.Replace("subjects_per_day: 5000", "subjects_per_day: 1"), ExchangeContracts.CedarFile);

        Grant().ShouldNotBeSameAs(before);
        Grant().SubjectsUsed(s_day).ShouldBe(1);
        Grant().Rate.ShouldBeSameAs(before.Rate);
        _scene.PutShipment("A-2");
        (await _scene.RefusedAsync(_scene.Open(ExchangeScene.GetShipment), new GetShipmentRequest { OrderId = "A-2" }))
            .Reason.ShouldBe(RefusalReason.SubjectQuotaExceeded);
    }

    [Fact]
    public void Reload_WithAnotherRate_StartsANewBucketAndKeepsTheSubjects()
    {
        var before = Grant();

        _scene.Reload(ExchangeContracts.NorthgateFile.Replace("{ subjects_per_day", "{ calls_per_second: 9, subjects_per_day"), ExchangeContracts.CedarFile);

        Grant().Rate.PerSecond.ShouldBe(9);
        Grant().Counters.Subjects.ShouldBeSameAs(before.Counters.Subjects);
        Grant().Counters.Misses.ShouldBeSameAs(before.Counters.Misses);
    }

    [Fact]
    public void Reload_ThatTakesAGrantAwayAndGivesItBack_KeepsWhatWasUsed()
    {
        var before = Grant();
        _scene.Reload(ExchangeContracts.CedarFile);
        _scene.Reload(ExchangeContracts.NorthgateFile, ExchangeContracts.CedarFile);

        Grant().Counters.ShouldBe(before.Counters);
    }

    [Fact]
    public void Subjects_CountedBeforeTheFirstPlanOfAGrant_AreItsOwn()
    {
        _scene.Planner.Subjects(ExchangeContracts.Northgate, ExchangeContracts.Warehousing, Shipment.Descriptor.FullName)
            .TryReserve(s_day, [_scene.Keys.Of("s-1").Pseudonym], limit: null);

        Grant().SubjectsUsed(s_day).ShouldBe(1);
    }

    private PlannedGrant Grant() => _scene.Identified(_scene.Open(ExchangeScene.GetShipment)).Contract.All.Single();
}
