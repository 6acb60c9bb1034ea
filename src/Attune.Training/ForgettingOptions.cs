namespace Attune.Training;

/// <summary>When and how embeddings are forgotten during training.</summary>
public sealed record ForgettingOptions
{
    /// <summary>Steps from one reset to the next, k.</summary>
    public required int Every { get; init; }

    /// <summary>Steps after which nothing is forgotten any more, N; 0: never (ordinary training); null: to the end (active forgetting).</summary>
    public int? Until { get; init; }

    /// <summary>Standard deviation of the fresh numbers; 0.02 is BERT's and GPT-2's, 1 that of an untouched table of PyTorch.</summary>
    public double Deviation { get; init; } = 0.02;

    /// <summary>Tokens that keep what they have: marks of the form, such as a mask, which carry no meaning to be memorised.</summary>
    public IReadOnlyCollection<int> Kept { get; init; } = [];

    /// <summary>Whether the optimizer forgets with them; otherwise the first steps behind a reset go where the old vectors went.</summary>
    public bool ClearsMoments { get; init; } = true;
}
