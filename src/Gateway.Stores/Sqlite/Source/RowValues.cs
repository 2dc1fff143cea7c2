using System.Text;
using Gateway.Core.Sources;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SQLitePCL;
using Money = Gateway.Protos.Type.V1.Money;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// The current row of a statement, read strictly: a value is given whole and exact, or <see cref="SourceException"/> names view and
/// column. Never the value: it may be personal.
/// </summary>
internal sealed class RowValues(sqlite3_stmt statement, string view)
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public string Text(int column, string name)
    {
        var utf8 = Utf8(column, name, "text; write CAST(… AS TEXT) in the view where it is a number");
        if (utf8.Contains((byte)0))
        {
            throw Wrong(name, "holds text with a NUL character");
        }

        try
        {
            return s_utf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Wrong(name, "holds text that is not UTF-8");
        }
    }

    public int Int32(int column, string name) => (int)Integer(column, name, int.MinValue, int.MaxValue);

    public uint UInt32(int column, string name) => (uint)Integer(column, name, uint.MinValue, uint.MaxValue);

    public long Int64(int column, string name) => Integer(column, name, long.MinValue, long.MaxValue);

    /// <summary>An integer; or its decimal digits as text, for what is above SQLite's own range.</summary>
    public ulong UInt64(int column, string name)
    {
        if (raw.sqlite3_column_type(statement, column) != raw.SQLITE_TEXT)
        {
            return (ulong)Integer(column, name, 0, long.MaxValue);
        }

        return ulong.TryParse(Utf8(column, name, "an integer"), System.Globalization.NumberStyles.None, null, out var value)
            ? value : throw Wrong(name, "is not an unsigned 64-bit integer");
    }

    public bool Boolean(int column, string name) => Integer(column, name, 0, 1) == 1;

    public double Double(int column, string name)
    {
        if (raw.sqlite3_column_type(statement, column) is not (raw.SQLITE_FLOAT or raw.SQLITE_INTEGER))
        {
            throw Wrong(name, "is not a number");
        }

        var value = raw.sqlite3_column_double(statement, column);
        return double.IsFinite(value) ? value : throw Wrong(name, "is not a finite number");
    }

    public float Single(int column, string name)
    {
        var value = (float)Double(column, name);
        return float.IsFinite(value) ? value : throw Wrong(name, "is out of the field's range");
    }

    public ByteString Bytes(int column, string name) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_BLOB
        ? ByteString.CopyFrom(raw.sqlite3_column_blob(statement, column)) : throw Wrong(name, "is not a BLOB");

    /// <summary>A value's name, with or without the enum's prefix, in any case; or its number.</summary>
    public int EnumNumber(int column, string name, EnumNames names)
    {
        int number;
        var known = raw.sqlite3_column_type(statement, column) == raw.SQLITE_TEXT
            ? names.TryFind(Utf8(column, name, "text"), out number)
            : names.TryFind(Integer(column, name, int.MinValue, int.MaxValue), out number);
        return known ? number : throw Wrong(name, $"is no value of {names.Name}");
    }

    /// <summary>The text, or null where <see cref="Text"/> would throw.</summary>
    public string? TryText(int column)
    {
        if (raw.sqlite3_column_type(statement, column) != raw.SQLITE_TEXT)
        {
            return null;
        }

        var utf8 = raw.sqlite3_column_blob(statement, column);
        return !utf8.Contains((byte)0) && System.Text.Unicode.Utf8.IsValid(utf8) ? s_utf8.GetString(utf8) : null;
    }

    /// <summary>The instant, or null where <see cref="Instant"/> would throw.</summary>
    public DateTimeOffset? TryInstant(int column) =>
        raw.sqlite3_column_type(statement, column) == raw.SQLITE_TEXT && SourceInstant.TryParse(raw.sqlite3_column_blob(statement, column), out var instant)
            ? instant : null;

    public DateTimeOffset Instant(int column, string name)
    {
        var utf8 = Utf8(column, name, "a time YYYY-MM-DDTHH:MM:SS[.fff]Z");
        return SourceInstant.TryParse(utf8, out var instant)
            ? instant : throw Wrong(name, "is not a time YYYY-MM-DDTHH:MM:SS[.fff]Z");
    }

    public Timestamp Timestamp(int column, string name) =>
        Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Instant(column, name));

    /// <summary>Seconds, as a number of up to nine decimals.</summary>
    public Duration Duration(int column, string name)
    {
        var (seconds, nanos) = Decimal(column, name);
        return Math.Abs(seconds) <= Google.Protobuf.WellKnownTypes.Duration.MaxSeconds
            ? new Duration { Seconds = seconds, Nanos = nanos } : throw Wrong(name, "is out of the field's range");
    }

    /// <summary>The amount in <paramref name="column"/>, its currency in the column after it.</summary>
    public Money Money(int column, string name, string currencyName)
    {
        var (units, nanos) = Decimal(column, name);
        if (IsNull(column + 1))
        {
            throw Wrong(currencyName, "is NULL where there is an amount");
        }

        var currency = Text(column + 1, currencyName);
        return currency.Length == 3 && currency.All(char.IsAsciiLetterUpper)
            ? new Money { CurrencyCode = currency, Units = units, Nanos = nanos }
            : throw Wrong(currencyName, "is not an ISO 4217 code");
    }

    /// <summary>Bytes that the value takes.</summary>
    public int Length(int column) => raw.sqlite3_column_bytes(statement, column);

    public SourceException Wrong(string name, string what) => new($"view '{view}', column '{name}' {what}");

    private (long Units, int Nanos) Decimal(int column, string name)
    {
        (long, int) value;
        var whole = raw.sqlite3_column_type(statement, column) switch
        {
            raw.SQLITE_INTEGER => ExactDecimal.From(raw.sqlite3_column_int64(statement, column), out value),
            raw.SQLITE_FLOAT => ExactDecimal.TryFrom(raw.sqlite3_column_double(statement, column), out value),
            _ => ExactDecimal.TryParse(Utf8(column, name, "a number"), out value),
        };
        return whole ? value : throw Wrong(name, "is not a number of up to nine decimals that can be given without loss");
    }

    private long Integer(int column, string name, long min, long max)
    {
        if (raw.sqlite3_column_type(statement, column) != raw.SQLITE_INTEGER)
        {
            throw Wrong(name, "is not an integer");
        }

        var value = raw.sqlite3_column_int64(statement, column);
        return value >= min && value <= max ? value : throw Wrong(name, "is out of the field's range");
    }

    // The database is UTF-8 (SourceConnection checks), so a text's bytes are as stored.
    private ReadOnlySpan<byte> Utf8(int column, string name, string wanted) =>
        raw.sqlite3_column_type(statement, column) == raw.SQLITE_TEXT
            ? raw.sqlite3_column_blob(statement, column) : throw Wrong(name, $"is not {wanted}");
}
