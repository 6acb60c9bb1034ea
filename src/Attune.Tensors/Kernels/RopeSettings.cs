namespace Attune.Tensors.Kernels;

/// <summary>How rotary frequencies are stretched for contexts longer than those of training.</summary>
public enum RopeScaling
{
    None,

    /// <summary>Positions divided by the factor (Chen et al. 2023).</summary>
    Linear,

    /// <summary>The base grows with the length beyond the original context ("dynamic NTK").</summary>
    Dynamic,

    /// <summary>Llama 3: low frequencies divided by the factor, a smooth passage, high ones kept.</summary>
    Llama3,

    /// <summary>YaRN (Peng et al. 2023): a ramp between interpolation and extrapolation, and a scaled attention.</summary>
    Yarn,

    /// <summary>LongRoPE (Ding et al. 2024): each frequency divided by a number of its own, of one list up to the original context and of another beyond it.</summary>
    LongRope,
}

/// <summary>Rotary position embedding (Su et al. 2021): θ_i = base^(−2i/d) and what stretches it; names as in config.json.</summary>
public sealed record RopeSettings
{
    public required double Base { get; init; }

    /// <summary>Dimensions of a head that rotate, an even number; the rest stay.</summary>
    public required int RotaryDims { get; init; }

    /// <summary>Pairs (2i, 2i+1) rather than (i, i + d/2).</summary>
    public bool Interleaved { get; init; }

    public RopeScaling Scaling { get; init; }

    public double Factor { get; init; } = 1;

    public double LowFreqFactor { get; init; } = 1;

    public double HighFreqFactor { get; init; } = 4;

    public int OriginalContext { get; init; } = 8192;

    public double BetaFast { get; init; } = 32;

    public double BetaSlow { get; init; } = 1;

    /// <summary>Whether YaRN's ramp begins and ends at whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>Factor on cos and sin; null: 0.1·ln(factor) + 1 in YaRN, √(1 + ln(factor)/ln(original context)) in LongRoPE.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>What each frequency is divided by (the tensor rope_freqs of a GGUF file); null: nothing.</summary>
    public IReadOnlyList<float>? Divisors { get; init; }

    /// <summary>LongRoPE's divisors up to the original context.</summary>
    public IReadOnlyList<double> ShortDivisors { get; init; } = [];

    /// <summary>LongRoPE's divisors beyond the original context.</summary>
    public IReadOnlyList<double> LongDivisors { get; init; } = [];

    /// <summary>Length for which <see cref="RopeScaling.Dynamic"/> computes its base and <see cref="RopeScaling.LongRope"/> chooses its divisors.</summary>
    public int DynamicLength { get; init; }

    /// <summary>Whether frequencies depend on how long a sequence is.</summary>
    public bool DependsOnLength => Scaling is RopeScaling.Dynamic or RopeScaling.LongRope;

    /// <summary>A length that stands for all lengths with the same frequencies.</summary>
    public int LengthThatCounts(int length) => Scaling == RopeScaling.LongRope ? Math.Min(Math.Max(length, OriginalContext), OriginalContext + 1) : Math.Max(length, OriginalContext);
}
