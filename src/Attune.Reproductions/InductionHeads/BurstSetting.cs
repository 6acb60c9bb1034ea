namespace Attune.Reproductions.InductionHeads;

/// <summary>
/// Sequences x_1, τ_1, …, x_N, τ_N, x_target of items and labels, of which the target's label is asked. Source: G. Reddy, "The mechanistic basis of data dependence and abrupt
/// learning in an in-context classification task", ICLR 2024, arXiv 2312.03002.
/// </summary>
public sealed record BurstSetting
{
    /// <summary>K: classes that are the same for the whole run. Class k has the label k mod L.</summary>
    public int Classes { get; init; } = 512;

    /// <summary>L.</summary>
    public int Labels { get; init; } = 32;

    /// <summary>N: items in the context.</summary>
    public int Items { get; init; } = 8;

    /// <summary>D: numbers of an item and of a label; means, labels and noise are N(0, I/D), so of norm about 1.</summary>
    public int Dimension { get; init; } = 63;

    /// <summary>ε: an item is (μ + ε·η)/√(1 + ε²).</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>B: N/B classes are drawn, and B items of each stand in the context. It divides N.</summary>
    public int Burstiness { get; init; } = 1;

    /// <summary>α: class k has the probability ∝ (k + 1)^−α.</summary>
    public double Skew { get; init; }

    /// <summary>p_B: share of sequences that are bursty; in the others items and target are drawn independently of each other.</summary>
    public double BurstShare { get; init; } = 1;

    /// <summary>p_C: share of sequences with classes that were made for this batch alone, always bursty.</summary>
    public double NovelShare { get; init; }

    /// <summary>Classes made for a batch.</summary>
    public int NovelClasses { get; init; } = 128;

    /// <summary>Whether the classes of a bursty sequence have different labels.</summary>
    public bool DistinctLabels { get; init; }

    /// <summary>Room for positions: a sequence begins at a random one of those that leave it room for this many items.</summary>
    public int MostItems { get; init; } = 32;

    /// <summary>Tokens of a sequence: 2N + 1.</summary>
    public int Length => 2 * Items + 1;

    public int Positions => 2 * MostItems + 1;

    /// <summary>Numbers of a token: its position as one of so many, then its content.</summary>
    public int Width => Positions + Dimension;
}
