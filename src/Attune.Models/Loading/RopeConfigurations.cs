using Attune.Models.Files;
using Attune.Tensors.Kernels;

namespace Attune.Models.Loading;

/// <summary>Reads <see cref="RopeSettings"/> out of config.json.</summary>
internal static class RopeConfigurations
{
    /// <summary>Old spelling: rope_theta, rope_scaling and partial_rotary_factor; new: rope_parameters holds them all.</summary>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="context">Longest sequence of the model.</param>
    public static RopeSettings Read(ConfigurationJson c, int headDim, int context) =>
        Read(c, c.Object("rope_parameters") ?? c.Object("rope_scaling"), headDim, context);

    /// <param name="scaling">The object with rope_type and its numbers; null: default.</param>
    /// <inheritdoc cref="Read(ConfigurationJson, int, int)"/>
    public static RopeSettings Read(ConfigurationJson c, ConfigurationJson? scaling, int headDim, int context)
    {
        var settings = new RopeSettings
        {
            Base = scaling?.OptionalNumber("rope_theta") ?? c.OptionalNumber("rope_theta") ?? 10000,
            // A factor that stands for a whole number of dimensions must not lose one to rounding.
            RotaryDims = (int)(1e-6 + headDim * (scaling?.OptionalNumber("partial_rotary_factor") ?? c.OptionalNumber("partial_rotary_factor") ?? 1)),
            OriginalContext = scaling?.OptionalInteger("original_max_position_embeddings") ?? c.OptionalInteger("original_max_position_embeddings") ?? context,
            Divisors = c.Numbers("rope_divisors") is { } divisors ? [.. divisors.Select(d => (float)d)] : null,
        };
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
                AttentionFactor = scaling.OptionalNumber("attention_factor"),
            },
            _ => throw new ModelFileException($"'{c.Path}' asks for the rope type '{kind}'; known are default, linear, dynamic, llama3 and yarn"),
        };
    }
}
