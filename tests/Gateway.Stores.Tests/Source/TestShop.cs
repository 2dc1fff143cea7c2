namespace Gateway.Stores.Tests.Source;

/// <summary>A shop's database with the view of the test record, as one engine has it. Writes what a test says.</summary>
public abstract class TestShop : IDisposable
{
    /// <summary>Inserts or replaces a row.</summary>
    public abstract void Put(TestRow row);

    /// <summary>Inserts a row of a repeated message's view.</summary>
    public abstract void PutChild(string view, string key, int position, params (string Column, object? Value)[] columns);

    /// <summary>Takes a column out of the record's view.</summary>
    public abstract void DropColumn(string column);

    /// <summary>Takes the whole source away, and gives it back.</summary>
    public abstract void Remove();

    public abstract void Restore();

    public abstract void Dispose();
}

/// <summary>One row of the record's view.</summary>
public sealed record TestRow(string Key)
{
    public string? Recipient { get; init; } = RecordSourceSpecification.Partner;

    public string SubjectId { get; init; } = "subject-1";

    public DateTimeOffset OpenedAt { get; init; } = RecordSourceSpecification.Now.AddDays(-1);

    public DateTimeOffset? ClosedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; } = RecordSourceSpecification.Now.AddHours(-1);

    /// <summary>The record's own columns, in the engine's terms.</summary>
    public (string Column, object? Value)[] Columns { get; init; } = [];
}
