using Gateway.Core.Annotations;

namespace Gateway.Core.Log;

/// <summary>
/// Asks the source whose record this is, whoever it is routed to: lets staff name a record by its key, which the log does not hold. A
/// process boundary.
/// </summary>
public interface ISubjectLookup
{
    /// <summary>The shop's id of the person whom the record is about; null where the source holds no such record.</summary>
    /// <exception cref="Sources.SourceException">The source cannot answer.</exception>
    ValueTask<string?> FindSubjectAsync(RecordType record, string key, CancellationToken cancellationToken);
}
