using System.Reflection;
using Gateway.Tests.ConventionTests;

namespace Gateway.Tests.FailClosed;

public sealed class FailClosedTableTests
{
    [Fact]
    public void Table_EveryRow_HasOneTestAndEveryTestARow()
    {
        var tested = typeof(FailClosedTable).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .SelectMany(m => m.GetCustomAttributes<RowAttribute>())
            .Select(r => r.Name);

        tested.Order(StringComparer.Ordinal).ShouldBe(FailClosedTable.Rows.Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Readme_HasTheTableAsItIsTested() =>
        File.ReadAllText(Path.Combine(SourceTree.Root, "README.md")).ShouldContain(FailClosedTable.Markdown());
}
