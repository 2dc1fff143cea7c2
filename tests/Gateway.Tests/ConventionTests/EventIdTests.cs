using System.Reflection;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.ConventionTests;

public sealed class EventIdTests
{
    private static readonly (string Where, LoggerMessageAttribute Message)[] s_messages =
    [
        .. Assemblies().SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(m => (Where: $"{m.DeclaringType}.{m.Name}", Message: m.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(x => x.Message is not null),
    ];

    [Fact]
    public void EventIds_AcrossTheAssemblies_AreUniqueAndInARoomsRange()
    {
        Twice(m => m.EventId).ShouldBeEmpty();
        s_messages.Where(m => m.Message.EventId is < 1000 or > 1899).Select(m => m.Where).ShouldBeEmpty();
    }

    [Fact]
    public void EventNames_AcrossTheAssemblies_AreSetAndUnique()
    {
        s_messages.Where(m => string.IsNullOrEmpty(m.Message.EventName)).Select(m => m.Where).ShouldBeEmpty();
        Twice(m => m.EventName).ShouldBeEmpty();
    }

    private static IEnumerable<string> Twice<T>(Func<LoggerMessageAttribute, T> key) => s_messages
        .GroupBy(m => key(m.Message)).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => m.Where))}");

    private static Assembly[] Assemblies() =>
    [
        typeof(CallTrace).Assembly,
        Assembly.Load("Gateway.Stores"),
        typeof(Gateway.Telemetry.CategoryCap).Assembly,
    ];
}
