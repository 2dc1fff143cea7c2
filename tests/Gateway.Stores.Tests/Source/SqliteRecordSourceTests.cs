using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Source;

namespace Gateway.Stores.Tests.Source;

/// <summary>The specification, held by SQLite.</summary>
public sealed class SqliteRecordSourceTests : RecordSourceSpecification
{
    private readonly SqliteTestShop _shop = new();

    public SqliteRecordSourceTests() => Source = new SqliteRecordSource(_shop.ConnectionString, Clock);

    protected override TestShop Shop => _shop;

    protected override IRecordSource Source { get; }
}
