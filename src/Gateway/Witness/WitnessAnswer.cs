using System.Globalization;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Witnesses;

namespace Gateway.Witness;

/// <summary>How a witness answers, as c2sp.org/tlog-witness wants it. Refusals say why in plain text, for the log's operator.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Media type of the body.</param>
/// <param name="Body">The body, which ends in a newline.</param>
internal sealed record WitnessAnswer(int Status, string ContentType, string Body)
{
    private const string Text = "text/plain; charset=utf-8";

    public static WitnessAnswer Malformed { get; } = new(
        StatusCodes.Status400BadRequest, Text, "The body is not an old size, a proof of at most 63 hashes, an empty line and a signed checkpoint.\n");

    public static WitnessAnswer OldIsLarger { get; } = new(
        StatusCodes.Status400BadRequest, Text, "The old size is larger than the checkpoint's.\n");

    public static WitnessAnswer NoTrustedSignature { get; } = new(
        StatusCodes.Status403Forbidden, Text, "No key that this witness trusts for the log has signed the checkpoint, or one has signed it wrongly.\n");

    public static WitnessAnswer UnknownLog { get; } = new(
        StatusCodes.Status404NotFound, Text, "This witness does not know the log. Its operator adds the log's key with --log.\n");

    public static WitnessAnswer NoProof { get; } = new(
        StatusCodes.Status422UnprocessableEntity, Text, "The proof does not lead from the checkpoint that was cosigned last to this one.\n");

    public static WitnessAnswer NotKept { get; } = new(
        StatusCodes.Status503ServiceUnavailable, Text, "The witness cannot keep the checkpoint now, and so does not cosign it.\n");

    /// <summary>Not what goes on from the checkpoint that was cosigned last; tells its size.</summary>
    public static WitnessAnswer Conflict(long size) => new(
        StatusCodes.Status409Conflict, AddCheckpoint.SizeType, size.ToString(CultureInfo.InvariantCulture) + "\n");

    public static WitnessAnswer Cosigned(NoteSignature cosignature) => new(StatusCodes.Status200OK, Text, cosignature + "\n");
}
