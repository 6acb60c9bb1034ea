namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Lora"/>.</summary>
public record LoraOptions : AdapterOptions
{
    [Option("rank r of the deltas")]
    public int Rank { get; init; } = 8;

    [Option("α: the delta is α/r · B·A")]
    public double Alpha { get; init; } = 16;

    [Option("scale by α/√r instead (rsLoRA)")]
    public bool RankStabilised { get; init; }

    [Option("dropout on the delta's input while training")]
    public double Dropout { get; init; }
}
