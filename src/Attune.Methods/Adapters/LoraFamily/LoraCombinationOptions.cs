namespace Attune.Methods.Adapters;

/// <summary>How adapters are combined.</summary>
public sealed record LoraCombinationOptions
{
    /// <summary>One of <see cref="LoraCombination.Types"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Share of the numbers that stay where they are sparsified.</summary>
    public double Density { get; init; } = 1;

    /// <summary>Whether TIES counts signs instead of adding values to elect one.</summary>
    public bool ByFrequency { get; init; }

    /// <summary>Rank that stays of an svd; null: the largest of the adapters'.</summary>
    public int? SvdRank { get; init; }

    /// <summary>Of the numbers that DARE drops.</summary>
    public int Seed { get; init; }
}
