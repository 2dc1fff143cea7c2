using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;

namespace Gateway.Core.Legal;

/// <summary>The file that a recipient opens: JSON, whose shape the room's README documents. Its content is sealed before it is stored or sent.</summary>
public static class ReleaseDocument
{
    /// <summary>Names the shape; another shape gets another name.</summary>
    public const string Format = "gateway-legal-release-1";

    // Protobuf's JSON with the protos' own names: a field that is empty is left out, and `paths` tells that it was in scope.
    private static readonly JsonFormatter s_fields =
        new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    private static readonly JsonWriterOptions s_indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes, UTF-8.</summary>
    public static byte[] Write(Case legal, ReleaseAct release, CaseContents contents)
    {
        var terms = legal.Terms;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_indented))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("case", legal.Id);
            json.WriteString("ground", terms.Ground.Name());
            json.WriteString("instrument", terms.Instrument);
            json.WriteString("number", terms.Number);
            json.WriteStartObject("recipient");
            json.WriteString("kind", terms.Recipient.Kind.ToString().ToLowerInvariant());
            json.WriteString("name", terms.Recipient.Name);
            json.WriteString("country", terms.Recipient.Country);
            json.WriteEndObject();
            json.WriteString("from", At(terms.From));
            json.WriteString("until", At(terms.Until));
            json.WriteString("released_at", At(release.At));
            json.WriteStartArray("receipts");
            foreach (var receipt in release.Receipts)
            {
                json.WriteStringValue(receipt);
            }

            json.WriteEndArray();
            json.WriteStartArray("records");
            foreach (var part in contents.Parts)
            {
                Write(json, part);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, CasePart part)
    {
        json.WriteStartObject();
        json.WriteString("record", part.Record.Name);
        json.WriteStartArray("paths");
        foreach (var leaf in part.Leaves)
        {
            json.WriteStringValue(leaf.Path);
        }

        json.WriteEndArray();
        json.WriteNumber("left_out", part.LeftOut);
        json.WriteStartArray("items");
        foreach (var item in part.Items)
        {
            json.WriteStartObject();
            json.WriteString("subject", item.SubjectId);
            json.WriteString("opened_at", At(item.OpenedAt));
            json.WritePropertyName("fields");
            json.WriteRawValue(s_fields.Format(item.Message), skipInputValidation: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
