namespace Attune.Reproductions.Tagging;

/// <summary>Tokens at the three masks.</summary>
internal readonly record struct TaggingAnswer(int First, int Second, int Third)
{
    public void Write(Span<int> tokens) => (tokens[0], tokens[1], tokens[2]) = (First, Second, Third);
}
