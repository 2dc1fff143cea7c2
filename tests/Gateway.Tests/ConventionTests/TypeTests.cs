using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Gateway.Core.Exchange;
using Gateway.Core.Telemetry;
using Gateway.Stores;

namespace Gateway.Tests.ConventionTests;

public sealed class TypeTests
{
    // Made public by the SDK, with nothing in it.
    private const string Program = "Program";

    private static readonly Assembly[] s_product = [typeof(Pipeline).Assembly, typeof(StoreException).Assembly, typeof(Gateway.Calls.PartnerServices).Assembly];

    [Fact]
    public void Classes_AreSealedUnlessAbstractOrStatic() =>
        s_product.SelectMany(a => a.GetTypes())
            .Where(t => t.IsClass && !t.IsSealed && !t.IsAbstract && !IsGenerated(t) && t.Name != Program)
            .Select(t => t.FullName).ShouldBeEmpty();

    [Fact]
    public void Executable_HasNoPublicType() => typeof(Gateway.Calls.PartnerServices).Assembly.GetExportedTypes().Where(t => t.Name != Program).ShouldBeEmpty();

    [Theory]
    [InlineData(typeof(IdentifiedCall))]
    [InlineData(typeof(AuthorizedCall))]
    [InlineData(typeof(AdmittedCall))]
    [InlineData(typeof(FetchedReply))]
    [InlineData(typeof(ReservedReply))]
    [InlineData(typeof(MinimisedReply))]
    [InlineData(typeof(RecordedReply))]
    public void HandOffs_CanOnlyBeMadeByTheirStep(Type handOff)
    {
        handOff.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).ShouldAllBe(c => c.IsPrivate);
        handOff.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).ShouldNotBeEmpty();
        handOff.GetMethod("<Clone>$").ShouldBeNull("a record could be copied with other values");
        handOff.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).ShouldAllBe(p => !p.CanWrite);
    }

    [Fact]
    public void Alarms_EachKind_HasANameOfItsOwn()
    {
        var names = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.EnableMeasurementEvents(Instruments.Alarms);
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => names[(string)tags[0].Value!] = true);
        listener.Start();

        foreach (var kind in Enum.GetValues<AlarmKind>())
        {
            Instruments.RaiseAlarm(kind);
        }

        names.Count.ShouldBe(Enum.GetValues<AlarmKind>().Length);
        names.Keys.ShouldAllBe(n => n.Length > 0);
    }

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal) || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
