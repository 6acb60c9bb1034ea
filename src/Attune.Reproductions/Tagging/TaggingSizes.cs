namespace Attune.Reproductions.Tagging;

/// <summary>How large the tagging experiment is.</summary>
internal sealed record TaggingSizes
{
    /// <summary>Nouns, and adjectives.</summary>
    public required int WordsPerClass { get; init; }

    public required int Layers { get; init; }

    public required int Width { get; init; }

    public required int Heads { get; init; }

    public required int Batch { get; init; }

    public required int Steps { get; init; }

    /// <summary>Steps from one reset to the next, where embeddings are forgotten.</summary>
    public required int ForgetEvery { get; init; }

    /// <summary>Examples of each set in an evaluation.</summary>
    public required int EvaluationRows { get; init; }

    /// <summary>Evaluations on the way.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Zipf's α.</summary>
    public double Zipf { get; init; } = 1.5;

    /// <summary>Share of ambiguous ranks, ε.</summary>
    public double Ambiguous { get; init; } = 0.05;

    public double Rate { get; init; } = 1e-3;

    public double WeightDecay { get; init; } = 0.3;

    /// <summary>Standard deviation of fresh embeddings.</summary>
    public double Deviation { get; init; } = 0.2;
}
