namespace Attune.Models.Tokenizers;

/// <summary>A token that is found in the text as it is written, before the model sees the rest.</summary>
internal sealed record AddedToken(int Id, string Content)
{
    /// <summary>Marks structure (turns, padding) rather than text: skipped when decoding, and not read from users' text.</summary>
    public bool Special { get; init; }

    /// <summary>Found only where no word character touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Swallows the white space before it.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>Swallows the white space after it.</summary>
    public bool StripsRight { get; init; }

    /// <summary>Searched in the normalised text, in its own normalised form.</summary>
    public bool Normalized { get; init; }
}
