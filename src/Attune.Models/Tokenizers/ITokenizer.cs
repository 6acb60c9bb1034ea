namespace Attune.Models.Tokenizers;

/// <summary>Text to token ids and back. Implementations are immutable and may be used from several threads.</summary>
public interface ITokenizer
{
    /// <summary>One more than the largest id. Ids below it may be unused.</summary>
    int VocabularySize { get; }

    /// <summary>The token that begins a text: BOS, or [CLS] for BERT's family. Null where the model has none.</summary>
    int? BeginId { get; }

    /// <summary>The token that ends a text: EOS, or [SEP] for BERT's family.</summary>
    int? EndId { get; }
    int? PadId { get; }
    int? UnknownId { get; }
    int? MaskId { get; }

    /// <summary>What was odd in the vocabulary's file and did not stop it from being used, one sentence each.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>How the file asks for texts to be cut, or null. Nothing here does it unasked.</summary>
    TruncationSettings? Truncation => null;

    /// <summary>How the file asks for texts to be filled up, or null. Nothing here does it unasked.</summary>
    PaddingSettings? Padding => null;

    /// <summary>The token ids of <paramref name="text"/>.</summary>
    /// <param name="addSpecial">Adds the tokens that the model's post-processor puts around a text (BOS, [CLS] … [SEP]).</param>
    /// <param name="parseSpecial">
    /// Reads special tokens that are written in the text as those tokens. False for text from users, who could otherwise forge turns.
    /// </param>
    int[] Encode(string text, bool addSpecial, bool parseSpecial = true);

    /// <summary>As <see cref="Encode"/>, with the range of the text for each token and the count of what the vocabulary lacks.</summary>
    TokenizedText EncodeWithOffsets(string text, bool addSpecial, bool parseSpecial = true);

    /// <summary>
    /// Two texts with the post-processor's special tokens. Over <paramref name="maximumLength"/> tokens, the longer text is cut first,
    /// from its end, then both alike.
    /// </summary>
    EncodedPair EncodePair(string first, string second, int? maximumLength = null, bool parseSpecial = true);

    /// <summary>
    /// The text of the ids. Bytes that are not valid UTF-8 become U+FFFD; unused ids add nothing; an id outside the vocabulary is an error.
    /// </summary>
    string Decode(ReadOnlySpan<int> ids, bool skipSpecial);

    /// <summary>Decodes ids as they come: the pieces concatenated are what <see cref="Decode"/> gives, and none splits a character.</summary>
    StreamingDecoder CreateDecoder(bool skipSpecial);

    /// <summary>The token as a person reads it: bytes that are no whole character are written as \xE4.</summary>
    string TokenText(int id);

    /// <summary>The UTF-8 bytes that the token adds to a text of which it is not the first.</summary>
    ReadOnlySpan<byte> TokenBytes(int id);

    bool IsSpecial(int id);

    /// <summary>The id of a token as the vocabulary writes it, or null.</summary>
    int? IdOf(string token);
}
