using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Training.Pretraining;
using YamlDotNet.RepresentationModel;

namespace Attune.Cli.Settings;

/// <summary>The model of a training's YAML: keys of config.json, which the architecture must know and which must fit one another.</summary>
internal static class PretrainModel
{
    private static readonly string[] Widths = ["hidden_size", "n_embd", "d_model", "dim"];
    private static readonly string[] HeadCounts = ["num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads"];

    /// <summary>Keys that say something to others than the architecture.</summary>
    private static readonly string[] Others = ["model_type", "architectures", "initializer_range", "bos_token_id", "eos_token_id", "pad_token_id", "dtype", "torch_dtype", "vocab_size", "use_cache", "transformers_version"];

    /// <exception cref="AttuneException">A key is not known, is missing, or contradicts another.</exception>
    public static JsonObject Read(YamlFields all, string path, TokenizerPlan tokenizer, int context)
    {
        var node = all.Mapping("model") ?? throw new AttuneException($"{path}: a training needs a model; give the keys of config.json under model, model_type first");
        var model = all.Json("model")!;
        var where = YamlText.At(path, node.Start) + ": model";
        RequireFit(model, node, path);
        var asked = new HashSet<string>(Others, StringComparer.Ordinal);
        var whole = model.DeepClone().AsObject();
        // What the training will complete.
        whole["vocab_size"] ??= tokenizer.Path is null ? tokenizer.Vocabulary : 32_000;
        whole["max_position_embeddings"] ??= context;
        NewModel.Unset(whole, where, asked).Dispose();
        foreach (var (key, _) in node.Children)
        {
            var name = YamlText.Key(key, path);
            if (!asked.Contains(name))
                throw new AttuneException($"{YamlText.At(path, key.Start)}: '{name}' is no key that the architecture '{model["model_type"]}' reads{Nearest.Hint(name, asked)} (it reads {string.Join(", ", asked.Order(StringComparer.Ordinal))})");
        }
        return model;
    }

    /// <summary>Heads divide the width, and heads of keys the heads.</summary>
    private static void RequireFit(JsonObject model, YamlMappingNode node, string path)
    {
        var (width, heads, keys) = (First(model, Widths), First(model, HeadCounts), First(model, ["num_key_value_heads"]));
        if (heads is var (headKey, n) && n > 0)
        {
            if (width is var (widthKey, w) && w % n != 0 && First(model, ["head_dim", "d_kv", "kv_channels"]) is null)
                throw Wrong(node, path, headKey, $"{n} heads do not divide {widthKey} = {w}; possible heads are {Divisors(w)}");
            if (keys is var (keysKey, k) && (k < 1 || n % k != 0))
                throw Wrong(node, path, keysKey, $"{k} heads of keys do not divide {headKey} = {n}; possible are {Divisors(n)}");
        }
    }

    private static AttuneException Wrong(YamlMappingNode node, string path, string key, FormattableString message)
    {
        var line = node.Children.Keys.First(k => k is YamlScalarNode s && s.Value == key).Start;
        return new AttuneException($"{YamlText.At(path, line)}: model.{key}: {FormattableString.Invariant(message)}");
    }

    private static (string Key, int Value)? First(JsonObject model, string[] keys)
    {
        foreach (var key in keys)
            if (model[key] is JsonValue value && value.TryGetValue<int>(out var number))
                return (key, number);
        return null;
    }

    private static string Divisors(int n) => string.Join(", ", Enumerable.Range(1, Math.Max(1, Math.Min(n, 128))).Where(d => n % d == 0).Select(d => d.ToString(CultureInfo.InvariantCulture)));
}
