namespace Gateway.Core.Log.Notes;

/// <summary>Signs notes. A boundary: the key may be in a file, or in a device that never gives it out.</summary>
public interface INoteSigner
{
    /// <summary>What verifies its signatures.</summary>
    NoteVerifier Verifier { get; }

    /// <summary>Signs the text, which ends in a newline; gives the bytes that follow the key's id in a signature line.</summary>
    byte[] Sign(string text);
}
