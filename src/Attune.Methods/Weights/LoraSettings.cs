namespace Attune.Methods.Weights;

/// <summary>Shape and scale of a LoRA adapter, as PEFT's configuration has them.</summary>
/// <param name="Rank">r: columns of A's output.</param>
/// <param name="Alpha">α: the delta is α/r · B·A, or α/√r with rank-stabilised scaling.</param>
/// <param name="RankStabilised">rsLoRA (Kalajdzievski 2023).</param>
/// <param name="Dropout">Dropout on the delta's input while training.</param>
/// <param name="Targets">Last parts of the names of adapted maps: "q_proj".</param>
public sealed record LoraSettings(int Rank, double Alpha, bool RankStabilised, double Dropout, IReadOnlyList<string> Targets)
{
    public float Scale => (float)(RankStabilised ? Alpha / Math.Sqrt(Rank) : Alpha / Rank);
}
