using System.Text;
using Gateway.Configuration;
using Gateway.Demo.Shop;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Statistics.V1;
using Gateway.Tests.Running;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace Gateway.Tests.Statistics;

/// <summary>A real gateway, asked for statistics over mutual TLS.</summary>
public sealed class StatisticsTests : IDisposable
{
    private static readonly DateTimeOffset s_month = UsageEvents.LastMonth(TimeProvider.System);

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task EachFigure_OfTheLastMonth_IsATableWithoutAVisitor()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);
        foreach (var figure in Enum.GetValues<Figure>().Where(f => f != Figure.Unspecified))
        {
            var table = await channel.Month(figure, s_month);

            table.Figure.ShouldBe(figure);
            table.Month.ShouldBe(new CalendarMonth { Year = s_month.Year, Month = s_month.Month });
            table.Rows.ShouldNotBeEmpty();
            table.Rows.ShouldAllBe(r => r.Count >= 0 && r.Count % 10 == 0);
            table.MinimumVisitors.ShouldBe(25, "the contract asks for more than the policy");
            table.Rows.Select(r => r.Country).ShouldAllBe(c => c != "NZ");
            table.Rows.Select(r => r.PageGroup).ShouldAllBe(g => g != "careers");
            var text = Encoding.UTF8.GetString(table.ToByteArray());
            text.ShouldNotContain("v-", Case.Sensitive, "no token of the usage system");
        }

        var visitors = await channel.Month(Figure.Visitors, s_month);
        var truth = UsageEvents.Count(_settings, $"country = 'GB' AND kind = 'page_view' AND at LIKE '{s_month:yyyy-MM}-%'");
        visitors.Rows.Single(r => r.Country == "GB").Count.ShouldBeInRange(truth - 45, truth + 45);
    }

    [Fact]
    public async Task EntryAndReceipt_TellFigureAndPurposeAndNobody()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);

        var table = await channel.Month(Figure.Visitors, s_month);

        table.Receipt.Scope.Released.ShouldBe(["visitors by country, months"]);
        (table.Receipt.Scope.Purpose, table.Receipt.Scope.RecipientName).ShouldBe((StatisticsAsks.Purpose, "Prism Statistics Ltd"));
        table.Receipt.DeleteBy.ShouldBeNull();
        var entry = (await LoggedEntries.ReadAsync(_settings.Log)).Single(e => e.Id() == table.Receipt.Id);
        (entry.Kind, entry.Outcome, entry.Purpose, entry.Basis).ShouldBe((Kind.Disclosure, Outcome.Released, StatisticsAsks.Purpose, "legitimate_interests"));
        (entry.Records.IsEmpty, entry.Subjects.IsEmpty, entry.Scope.IsEmpty).ShouldBe((true, true, false));
    }

    [Fact]
    public async Task SamePeriod_AfterALateEventAnErasedVisitorAndARestart_IsTheSameByteForByte()
    {
        byte[] first;
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            using var channel = gateway.As(StatisticsAsks.Prism);
            first = (await channel.Month(Figure.Visitors, s_month)).WithoutReceipt();
            (await channel.Month(Figure.Visitors, s_month)).WithoutReceipt().ShouldBe(first);
            UsageEvents.Visit(_settings, s_month.AddDays(3), "GB", 300, "late");
            (await channel.Month(Figure.Visitors, s_month)).WithoutReceipt().ShouldBe(first);
        }

        UsageEvents.Execute(_settings, "DELETE FROM events WHERE visitor = (SELECT min(visitor) FROM events)");
        await using var again = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var other = again.As(StatisticsAsks.Prism);
        (await other.Month(Figure.Visitors, s_month)).WithoutReceipt().ShouldBe(first);
    }

    [Fact]
    public async Task ManyAtOnce_FirstCallsOfAPeriod_GetOneTable()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);

        var tables = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ => (await channel.Month(Figure.PageViews, s_month)).WithoutReceipt()));

        tables.ShouldAllBe(t => t.SequenceEqual(tables[0]));
    }

    [Fact]
    public async Task MoreThanTheContractsCallsASecond_AreRefusedWithWhenToRetry()
    {
        ContractFiles.Edit(_settings, "prism-statistics.yaml", t => t.Replace("calls_per_second: 20", "calls_per_second: 1", StringComparison.Ordinal));
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);

        var calls = Enumerable.Range(0, 20).Select(_ => channel.Month(Figure.PageViews, s_month).ResponseAsync).ToArray();
        var refused = await Should.ThrowAsync<RpcException>(Task.WhenAll(calls));

        refused.Reason().ShouldBe("RATE_EXCEEDED");
        refused.GetRpcStatus()!.GetDetail<RetryInfo>().ShouldNotBeNull();
        calls.ShouldContain(c => c.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task SmallCountry_IsInTheRemainder_AndSoIsTheSmallestOther()
    {
        UsageEvents.Clear(_settings);
        foreach (var (country, visitors) in new[] { ("GB", 900), ("IE", 500), ("DE", 200), ("FR", 24), ("NZ", 3) })
        {
            UsageEvents.Visit(_settings, s_month.AddDays(9), country, visitors);
        }

        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);

        var table = await channel.Month(Figure.Visitors, s_month);

        table.Rows.Select(r => r.Country).ShouldBe(["GB", "IE"]);
        table.Remainder.Count.ShouldBeInRange(190, 265);
        table.CellsFolded.ShouldBe(4, "DE, FR and the two where nobody was");
    }

    [Fact]
    public async Task FewVisitors_GetNobodyATable()
    {
        UsageEvents.Clear(_settings);
        UsageEvents.Visit(_settings, s_month.AddDays(9), "GB", 24);
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);

        var table = await channel.Month(Figure.Visitors, s_month);

        (table.Rows.Count, table.Remainder, table.CellsFolded).ShouldBe((0, null, 6));
    }

    [Theory]
    [InlineData("FIGURE_VISITORS", "month { now }", "INVALID_REQUEST")]
    [InlineData("FIGURE_VISITORS", "month { future }", "INVALID_REQUEST")]
    [InlineData("FIGURE_VISITORS", "month { 13 }", "INVALID_REQUEST")]
    [InlineData("FIGURE_VISITORS", "week", "INVALID_REQUEST")]
    [InlineData("FIGURE_VISITORS", "none", "INVALID_REQUEST")]
    [InlineData("FIGURE_UNSPECIFIED", "last", "INVALID_REQUEST")]
    [InlineData("99", "last", "METHOD_NOT_GRANTED")]
    public async Task WhatIsNotOnTheMenu_IsRefused(string figure, string period, string reason)
    {
        var now = TimeProvider.System.GetUtcNow();
        var request = new GetStatisticsRequest
        {
            Figure = figure switch { "FIGURE_VISITORS" => Figure.Visitors, "99" => (Figure)99, _ => Figure.Unspecified },
        };
        switch (period)
        {
            case "week":
                request.Week = new IsoWeek { Year = s_month.Year, Week = 20 };
                break;
            case "none":
                break;
            default:
                request.Month = period switch
                {
                    "month { now }" => new CalendarMonth { Year = now.Year, Month = now.Month },
                    "month { future }" => new CalendarMonth { Year = now.Year + 1, Month = now.Month },
                    "month { 13 }" => new CalendarMonth { Year = now.Year, Month = 13 },
                    _ => new CalendarMonth { Year = s_month.Year, Month = s_month.Month },
                };
                break;
        }

        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);
        (await channel.Statistics(request).ShouldBeRefusedAsync(reason)).Receipt().ShouldNotBeNull();
    }

    [Fact]
    public async Task EachDomain_IsRefusedToTheOthersPartners()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var prism = gateway.As(StatisticsAsks.Prism);
        await prism.GetShipment(DemoShop.SampleOrder.OrderId).ShouldBeRefusedAsync("METHOD_NOT_GRANTED");
        await prism.Statistics(new GetStatisticsRequest(), new Metadata { { "gateway-purpose", "essential.fraud_detection" } }).ShouldBeRefusedAsync("PURPOSE_NOT_GRANTED");
        foreach (var partner in new[] { "northgate-warehouse", "southgate-warehouse", "harbour-carrier", "cedar-payments" })
        {
            using var other = gateway.As(partner);
            await other.Month(Figure.Visitors, s_month).ShouldBeRefusedAsync("METHOD_NOT_GRANTED");
        }
    }

    [Fact]
    public async Task OwnContract_TellsAndExplainsStatistics()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);
        using var northgate = gateway.As("northgate-warehouse");
        var request = new ExplainAccessRequest { Method = "GetStatistics" };

        var described = await new ContractService.ContractServiceClient(channel).DescribeContractAsync(new DescribeContractRequest(), cancellationToken: TestContext.Current.CancellationToken);
        var explained = await new ContractService.ContractServiceClient(channel).ExplainAccessAsync(request, cancellationToken: TestContext.Current.CancellationToken);
        var refused = await new ContractService.ContractServiceClient(northgate).ExplainAccessAsync(request, cancellationToken: TestContext.Current.CancellationToken);

        described.Statistics.Figures.ShouldContain(f => f == "visitors by country");
        (described.Statistics.Period, described.Statistics.MinimumVisitors, described.Grants.Count).ShouldBe(("month", 25, 0));
        (explained.Allowed, explained.Advice.Contains("never a record", StringComparison.Ordinal)).ShouldBe((true, true));
        (refused.Allowed, refused.Refusal).ShouldBe((false, "METHOD_NOT_GRANTED"));
    }

    [Theory]
    [InlineData("by: [country] }", "by: [page_group] }", "other terms")]
    [InlineData("minimum_visitors: 25", "minimum_visitors: 26", "other terms")]
    [InlineData("period: month", "period: week", "shares days")]
    public async Task TermsChangedAfterATableWasGiven_GiveNoSecondVersionOfIt(string was, string now, string told)
    {
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            using var channel = gateway.As(StatisticsAsks.Prism);
            await channel.Month(Figure.Visitors, s_month);
        }

        ContractFiles.Edit(_settings, "prism-statistics.yaml", t => t.Replace(was, now, StringComparison.Ordinal));
        await using var again = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var other = again.As(StatisticsAsks.Prism);
        var day = s_month.AddDays(14).UtcDateTime;
        var request = now.Contains("week", StringComparison.Ordinal)
            ? new GetStatisticsRequest { Figure = Figure.Visitors, Week = new IsoWeek { Year = System.Globalization.ISOWeek.GetYear(day), Week = System.Globalization.ISOWeek.GetWeekOfYear(day) } }
            : new GetStatisticsRequest { Figure = Figure.Visitors, Month = new CalendarMonth { Year = s_month.Year, Month = s_month.Month } };

        var refused = await other.Statistics(request).ShouldBeRefusedAsync("INVALID_REQUEST");

        refused.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Single().Description.ShouldContain(told);
    }
}
