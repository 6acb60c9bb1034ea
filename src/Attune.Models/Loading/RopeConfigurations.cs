using Attune.Models.Files;
using Attune.Tensors.Kernels;

namespace Attune.Models.Loading;

/// <summary>Reads <see cref="RopeSettings"/> out of config.json.</summary>
internal static class RopeConfigurations
{
    /// <summary>Old spelling: rope_theta, rope_scaling and partial_rotary_factor; new: rope_parameters holds them all.</summary>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="context">Longest sequence of the model.</param>
    /// <param name="theta">The base where none is given.</param>
    /// <param name="partial">The part of a head that turns where none is given.</param>
    public static RopeSettings Read(ConfigurationJson c, int headDim, int context, double theta = 10000, double partial = 1) =>
        Read(c, c.Object("rope_parameters") ?? c.Object("rope_scaling"), headDim, context, theta, partial);

    /// <param name="scaling">The object with rope_type and its numbers; null: default.</param>
    /// <inheritdoc cref="Read(ConfigurationJson, int, int, double, double)"/>
    public static RopeSettings Read(ConfigurationJson c, ConfigurationJson? scaling, int headDim, int context, double theta = 10000, double partial = 1)
    {
        var settings = new RopeSettings
        {
            Base = scaling?.OptionalNumber("rope_theta") ?? c.OptionalNumber("rope_theta") ?? theta,
            // A factor that stands for a whole number of dimensions must not lose one to rounding.
            RotaryDims = (int)(1e-6 + headDim * (scaling?.OptionalNumber("partial_rotary_factor") ?? c.OptionalNumber("partial_rotary_factor") ?? partial)),
            OriginalContext = scaling?.OptionalInteger("original_max_position_embeddings") ?? c.OptionalInteger("original_max_position_embeddings") ?? context,
            Divisors = c.Numbers("rope_divisors") is { } divisors ? [.. divisors.Select(d => (float)d)] : null,
        };
        if (settings.RotaryDims % 2 != 0)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' lets {settings.RotaryDims} dimensions of a head turn; they turn in pairs, so 'partial_rotary_factor' must give an even number"));
        var kind = scaling?.OptionalText("rope_type") ?? scaling?.OptionalText("type") ?? "default";
        return kind switch
        {
            "default" => settings,
            "linear" => settings with { Scaling = RopeScaling.Linear, Factor = scaling!.Number("factor") },
            "dynamic" => settings with { Scaling = RopeScaling.Dynamic, Factor = scaling!.Number("factor"), OriginalContext = context },
            "llama3" => settings with
            {
                Scaling = RopeScaling.Llama3, Factor = scaling!.Number("factor"),
                LowFreqFactor = scaling.Number("low_freq_factor"), HighFreqFactor = scaling.Number("high_freq_factor"),
            },
            "yarn" => settings with
            {
                Scaling = RopeScaling.Yarn, Factor = scaling!.Number("factor"),
                BetaFast = scaling.OptionalNumber("beta_fast") ?? 32, BetaSlow = scaling.OptionalNumber("beta_slow") ?? 1,
                AttentionFactor = scaling.OptionalNumber("attention_factor") ?? YarnFactor(scaling), Truncate = scaling.Flag("truncate", true),
            },
            "longrope" or "su" => settings with
            {
                Scaling = RopeScaling.LongRope, Factor = scaling!.OptionalNumber("factor") ?? (double)context / settings.OriginalContext,
                ShortDivisors = Divisors(c, scaling, "short_factor", settings), LongDivisors = Divisors(c, scaling, "long_factor", settings),
                AttentionFactor = scaling.OptionalNumber("attention_factor"),
            },
            _ => throw new ModelFileException($"'{c.Path}' asks for the rope type '{kind}'; known are default, linear, dynamic, llama3, yarn and longrope"),
        };
    }

    /// <summary>m(mscale) / m(mscale_all_dim) with m(s) = 0.1·s·ln(factor) + 1, and 1 for factors up to 1; null unless both are there and not 0 (transformers, rope type yarn).</summary>
    private static double? YarnFactor(ConfigurationJson scaling)
    {
        if (scaling.OptionalNumber("mscale") is not ({ } scale and not 0) || scaling.OptionalNumber("mscale_all_dim") is not ({ } all and not 0))
            return null;
        var stretch = Math.Log(Math.Max(1, scaling.Number("factor")));
        return (0.1 * scale * stretch + 1) / (0.1 * all * stretch + 1);
    }

    private static double[] Divisors(ConfigurationJson c, ConfigurationJson scaling, string key, RopeSettings settings)
    {
        var numbers = scaling.Numbers(key) ?? throw new ModelFileException($"'{c.Path}' asks for the rope type longrope but lacks '{key}'; the configuration is incomplete");
        return numbers.Length == settings.RotaryDims / 2 ? numbers
            : throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has {numbers.Length} numbers in '{key}', expected {settings.RotaryDims / 2}, one for each pair of turning dimensions"));
    }
}
