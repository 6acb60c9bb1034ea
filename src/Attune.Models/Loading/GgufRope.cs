using System.Text.Json.Nodes;
using Attune.Models.Files;

namespace Attune.Models.Loading;

/// <summary>What a GGUF file says of rotary frequencies: by metadata, or number for number as tensors.</summary>
internal static class GgufRope
{
    private const string Divisors = "rope_freqs.weight", Short = "rope_factors_short.weight", Long = "rope_factors_long.weight";

    /// <summary>rope_parameters out of the metadata.</summary>
    /// <exception cref="ModelFileException">The scaling is of a kind that is not read.</exception>
    public static JsonObject Parameters(GgufMetadata m, string architecture, long headDim)
    {
        var factor = m.FindNumber($"{architecture}.rope.scaling.factor") ?? m.FindNumber($"{architecture}.rope.scale_linear") ?? 1;
        // Older files give the factor alone.
        var scaling = m.FindText($"{architecture}.rope.scaling.type") ?? (factor is 0 or 1 ? "none" : "linear");
        if (scaling is not ("none" or "linear" or "yarn" or "longrope"))
            throw new ModelFileException($"the model's rope scaling '{scaling}' is not read from GGUF; use its Hugging Face folder");
        var json = new JsonObject
        {
            // The lists of longrope are tensors, which say so themselves.
            ["rope_type"] = scaling is "linear" or "yarn" ? scaling : "default",
            ["rope_theta"] = m.FindNumber($"{architecture}.rope.freq_base") ?? 10000,
            ["partial_rotary_factor"] = (double)(m.FindInteger($"{architecture}.rope.dimension_count") ?? headDim) / headDim,
        };
        if (scaling is "linear" or "yarn")
            json["factor"] = factor is 0 ? 1 : factor;
        if (scaling == "yarn")
            Yarn(json, m, $"{architecture}.rope.scaling.");
        if (m.FindInteger($"{architecture}.rope.scaling.original_context_length") is { } original)
            json["original_max_position_embeddings"] = original;
        return json;
    }

    /// <summary>The ramp of YaRN; other keys change the scale of attention in ways that are not computed here.</summary>
    private static void Yarn(JsonObject json, GgufMetadata m, string prefix)
    {
        foreach (var (key, neutral) in new[] { ("attn_factor", 1), ("yarn_attn_factor", 1), ("yarn_ext_factor", 1), ("yarn_log_multiplier", 0) })
        {
            // A negative extrapolation means the usual one.
            if (m.FindNumber(prefix + key) is { } value && value != neutral && !(key == "yarn_ext_factor" && value < 0))
                throw new ModelFileException(FormattableString.Invariant($"the model has {prefix}{key} {value}, which is not read from GGUF; use its Hugging Face folder"));
        }
        foreach (var key in new[] { "beta_fast", "beta_slow" })
        {
            if ((m.FindNumber(prefix + "yarn_" + key) ?? m.FindNumber(prefix + key)) is { } value)
                json[key] = value;
        }
    }

    /// <summary>Adds what stands in tensors: Llama 3's divisors, the two lists of longrope. Whether there was any.</summary>
    public static bool Complete(JsonObject json, StoredWeights weights, GgufFile file)
    {
        JsonArray Numbers(string name) => new([.. weights.Values(name, checked((int)file.Tensors[name].Elements)).Select(d => (JsonNode)d)]);
        if (weights.Has(Divisors))
        {
            json["rope_divisors"] = Numbers(Divisors);
            return true;
        }
        if (!weights.Has(Short) || !weights.Has(Long) || json["rope_parameters"] is not JsonObject rope)
            return false;
        rope["rope_type"] = "longrope";
        rope.Remove("factor");
        (rope["short_factor"], rope["long_factor"]) = (Numbers(Short), Numbers(Long));
        if (file.Metadata.FindNumber($"{file.Metadata.GetText("general.architecture")}.rope.scaling.attn_factor") is { } factor)
            rope["attention_factor"] = factor;
        return true;
    }
}
