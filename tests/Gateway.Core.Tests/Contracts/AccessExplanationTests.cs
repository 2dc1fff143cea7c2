using Gateway.Core.Contracts;
using Gateway.Protos.Contract.V1;

namespace Gateway.Core.Tests.Contracts;

public sealed class AccessExplanationTests
{
    private static readonly Contract s_contract = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate.With(
        TestContracts.Northgate.Text() + """
          - purpose: essential.service.payment_processing
            basis: contract
            record: gateway.fulfilment.v1.Shipment
            methods: [GetShipment]
            fields:
              - paths: [order_id, lines.weight_grams]
                because: weigh
            window: 0d
            max_open: 1d
            delete_after: 1d
        """)).Snapshot.ShouldNotBeNull().Contracts[0];

    [Theory]
    [InlineData("gateway.fulfilment.v1.FulfilmentService/ListShipments")]
    [InlineData("FulfilmentService/ListShipments")]
    [InlineData("ListShipments")]
    public void Of_GrantedMethod_TellsEachFieldOnceReleasedOrWithheld(string method)
    {
        var answer = Explain(method);

        answer.Allowed.ShouldBeTrue();
        answer.Released.Select(f => f.Path).ShouldBe(["order_id", "recipient_name", "address.street", "phone_number"]);
        answer.Released[3].Transform.ShouldBe("keep_last: 3");
        answer.Released[3].Because.ShouldBe("match the driver's reference");
        answer.Withheld.Count.ShouldBe(s_contract.Grants[0].Record.Leaves.Length - 4);
        Because(answer, "gift_message").ShouldBe("the shop's privacy policy does not allow user.content for this purpose");
        Because(answer, "lines.sku").ShouldBe("your contract does not grant it for this purpose");
        Because(answer, "lines.weight_grams").ShouldBe("your contract grants it for essential.service.payment_processing only");
    }

    [Fact]
    public void Of_ReadMask_NarrowsAndNeverWidens()
    {
        var answer = Explain("ListShipments", mask: "order_id, gift_message, address");

        answer.Released.Select(f => f.Path).ShouldBe(["order_id", "address.street"]);
        Because(answer, "recipient_name").ShouldBe("your read mask leaves it out");
        Because(answer, "gift_message").ShouldBe("the shop's privacy policy does not allow user.content for this purpose");
    }

    [Theory]
    [InlineData("GetShipment", "", "", "PURPOSE_REQUIRED")]
    [InlineData("GetShipment", "essential.fraud_detection", "", "PURPOSE_NOT_GRANTED")]
    [InlineData("WatchShipments", "", "", "METHOD_NOT_GRANTED")]
    [InlineData("GetCanary7431", "", "", "UNKNOWN_METHOD")]
    [InlineData("ListShipments", "", "canary7431", "INVALID_REQUEST")]
    public void Of_CallThatWouldBeRefused_SaysWhyAndRepeatsNothing(string method, string purpose, string mask, string refusal)
    {
        var answer = Explain(method, purpose, mask);

        answer.Allowed.ShouldBeFalse();
        answer.Refusal.ShouldBe(refusal);
        answer.Advice.ShouldNotBeEmpty();
        answer.ToString().ShouldNotContain("canary7431", Case.Insensitive);
        answer.Released.ShouldBeEmpty();
    }

    [Fact]
    public void Of_PurposeNamed_GivesThatPurposesFields() =>
        Explain("GetShipment", "essential.service.payment_processing").Released.Select(f => f.Path).ShouldBe(["order_id", "lines.weight_grams"]);

    private static ExplainAccessResponse Explain(string method, string purpose = "", string mask = "") => AccessExplanation.Of(
        s_contract, TestContracts.Catalogue, new ExplainAccessRequest { Method = method, Purpose = purpose, ReadMask = mask });

    private static string Because(ExplainAccessResponse answer, string path) => answer.Withheld.Single(w => w.Path == path).Because;
}
