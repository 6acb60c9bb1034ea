using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Models.Saving;

/// <summary>The metadata of a GGUF file out of a folder's config.json and tokenizer. Keys as in llama.cpp's gguf-py (constants.py).</summary>
internal static class GgufConfiguration
{
    private const uint QuantisationVersion = 2;

    /// <exception cref="AttuneException">The configuration holds something that the file could not say.</exception>
    public static List<KeyValuePair<string, GgufValue>> Metadata(StoredModel model)
    {
        var gguf = model.Architecture?.Gguf
            ?? throw new AttuneException($"'{model.Path}' has the architecture '{model.Configuration["model_type"]}', which is not written as GGUF; keep it as a folder");
        var entries = new List<KeyValuePair<string, GgufValue>>();
        void Add(string key, object value) => entries.Add(KeyValuePair.Create(key, GgufValue.Of(value)));
        Add("general.architecture", gguf.Name);
        Add("general.type", "model");
        Add("general.name", Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Path)));
        Add("general.quantization_version", QuantisationVersion);
        foreach (var (key, value) in Sizes(model.Json, model.HeadDim))
            Add($"{gguf.Name}.{key}", value);
        entries.AddRange(GgufTokenizerFields.Of(model.Path, model.Json.Integer("vocab_size")));
        RequireSame(model, gguf.Configuration(new GgufMetadata(model.Path, new OrderedDictionary<string, GgufValue>(entries, StringComparer.Ordinal)), n => model.Find(n) is not null));
        return entries;
    }

    /// <summary>What each rotary frequency is divided by in Llama 3's scaling, which GGUF files keep as a tensor; null elsewhere.</summary>
    public static float[]? RopeDivisors(StoredModel model)
    {
        var rope = RopeConfigurations.Read(model.Json, model.HeadDim, model.Json.Integer("max_position_embeddings"));
        return rope.Scaling == RopeScaling.Llama3 ? [.. Enumerable.Range(0, rope.RotaryDims / 2).Select(i => Divisor(rope, i))] : null;
    }

    /// <summary>1 for wavelengths below context/high, the factor above context/low, and between them 1 / ((1 − s)/factor + s) with s = (context/wavelength − low) / (high − low).</summary>
    private static float Divisor(RopeSettings rope, int pair)
    {
        var wavelength = 2 * Math.PI * Math.Pow(rope.Base, 2.0 * pair / rope.RotaryDims);
        var ratio = rope.OriginalContext / wavelength;
        if (ratio > rope.HighFreqFactor)
            return 1;
        if (ratio < rope.LowFreqFactor)
            return (float)rope.Factor;
        var s = (ratio - rope.LowFreqFactor) / (rope.HighFreqFactor - rope.LowFreqFactor);
        return (float)(1 / (((1 - s) / rope.Factor) + s));
    }

    private static IEnumerable<(string Key, object Value)> Sizes(ConfigurationJson c, int headDim)
    {
        var heads = c.Integer("num_attention_heads");
        yield return ("block_count", (uint)c.Integer("num_hidden_layers"));
        yield return ("context_length", (uint)c.Integer("max_position_embeddings"));
        yield return ("embedding_length", (uint)c.Integer("hidden_size"));
        yield return ("feed_forward_length", (uint)c.Integer("intermediate_size"));
        yield return ("attention.head_count", (uint)heads);
        yield return ("attention.head_count_kv", (uint)(c.OptionalInteger("num_key_value_heads") ?? heads));
        yield return ("attention.key_length", (uint)headDim);
        yield return ("attention.value_length", (uint)headDim);
        yield return ("vocab_size", (uint)c.Integer("vocab_size"));
        if (c.OptionalNumber("rms_norm_eps") is { } rms)
            yield return ("attention.layer_norm_rms_epsilon", (float)rms);
        foreach (var entry in Rope(c, headDim))
            yield return entry;
    }

    private static IEnumerable<(string Key, object Value)> Rope(ConfigurationJson c, int headDim)
    {
        var rope = RopeConfigurations.Read(c, headDim, c.Integer("max_position_embeddings"));
        if (rope.Scaling is RopeScaling.Dynamic or RopeScaling.Yarn or RopeScaling.LongRope)
            throw new AttuneException($"'{c.Path}' has the rope type '{rope.Scaling.ToString().ToLowerInvariant()}', which is not written as GGUF; keep it as a folder");
        yield return ("rope.dimension_count", (uint)rope.RotaryDims);
        yield return ("rope.freq_base", (float)rope.Base);
        if (rope.Scaling != RopeScaling.Linear)
            yield break;
        yield return ("rope.scaling.type", "linear");
        yield return ("rope.scaling.factor", (float)rope.Factor);
    }

    /// <summary>Settings that change results and that the file has no place for.</summary>
    private static void RequireHeld(StoredModel model, JsonObject read)
    {
        var c = model.Json;
        string? lost = null;
        if (!read.ContainsKey("sliding_window") && c.Flag("use_sliding_window") && LayerWindows.Window(c, 4096) is > 0)
            lost = "use_sliding_window true";
        else if (!read.ContainsKey("sliding_window") && c.Texts("layer_types")?.FirstOrDefault(t => t != "full_attention") is { } type)
            lost = $"the layer type {type}";
        // What is written as GGUF are architectures of SiLU.
        else if (!read.ContainsKey("hidden_act") && c.OptionalText("hidden_act") is { } act and not ("silu" or "swish"))
            lost = $"hidden_act {act}";
        if (lost is not null)
            throw new AttuneException($"'{model.Path}' has {lost}, which a GGUF file would not hold; keep it as a folder");
    }

    /// <summary>What the file would be read as must be what the folder says.</summary>
    private static void RequireSame(StoredModel model, JsonObject read)
    {
        RequireHeld(model, read);
        foreach (var (key, value) in read)
        {
            if (value is not JsonValue || key is "model_type" or "head_dim" || !model.Json.Has(key) || model.Configuration[key] is not JsonValue own)
                continue;
            var same = double.TryParse(own.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var a) && double.TryParse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var b)
                ? Math.Abs(a - b) <= 1e-6 * Math.Abs(a)
                : own.ToString() == value.ToString();
            if (!same && key != "tie_word_embeddings")
                throw new AttuneException($"'{model.Path}' has {key} {own}, which a GGUF file would give back as {value}; keep it as a folder");
        }
    }
}
