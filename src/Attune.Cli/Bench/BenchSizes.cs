namespace Attune.Cli.Bench;

/// <summary>How much each work of the bench computes. What stands here is what published numbers mean; tests take less.</summary>
internal sealed record BenchSizes
{
    /// <summary>Tokens of one long prompt.</summary>
    public int Prefill { get; init; } = 512;

    /// <summary>Tokens given one by one, from an empty cache on.</summary>
    public int Decode { get; init; } = 128;

    /// <summary>Rows that are scored.</summary>
    public int ScoreRows { get; init; } = 128;

    /// <summary>Tokens of a row: the median of SST-2's in a short template.</summary>
    public int ScoreTokens { get; init; } = 31;

    /// <summary>Tokens before all rows: sixteen demonstrations.</summary>
    public int ScorePrefix { get; init; } = 538;

    /// <summary>Sequences of a training step.</summary>
    public int TrainRows { get; init; } = 8;

    /// <summary>Tokens of a sequence.</summary>
    public int TrainTokens { get; init; } = 128;

    /// <summary>Rank of the low-rank factors.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Texts that are embedded in a pass.</summary>
    public int EmbedRows { get; init; } = 32;

    /// <summary>Tokens of a text.</summary>
    public int EmbedTokens { get; init; } = 32;
}
