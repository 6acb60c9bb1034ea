using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>What the integer product must know of a quantised format: w = d·(q − Zero) [+ m] with unsigned codes q.</summary>
internal interface IBlockCodes
{
    static abstract WeightFormat Format { get; }

    /// <summary>Whether codes have 8 bits (two's complement, so q is the byte with its top bit turned over), or 4.</summary>
    static abstract bool EightBits { get; }

    /// <summary>Whether a block has a minimum m.</summary>
    static abstract bool HasMinimum { get; }
}

internal readonly struct CodesQ8Zero : IBlockCodes
{
    public static WeightFormat Format => WeightFormat.Q8_0;
    public static bool EightBits => true;
    public static bool HasMinimum => false;
}

internal readonly struct CodesQ4Zero : IBlockCodes
{
    public static WeightFormat Format => WeightFormat.Q4_0;
    public static bool EightBits => false;
    public static bool HasMinimum => false;
}

internal readonly struct CodesQ4One : IBlockCodes
{
    public static WeightFormat Format => WeightFormat.Q4_1;
    public static bool EightBits => false;
    public static bool HasMinimum => true;
}
