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
    /// <summary>Stands for a size that is missing.</summary>
    private const int Stand = 8;

    private static readonly string[] Widths = ["hidden_size", "n_embd", "d_model", "dim"];
    private static readonly string[] HeadCounts = ["num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads"];

    /// <summary>Keys that say something to others than the architecture.</summary>
    private static readonly string[] Others = ["model_type", "architectures", "initializer_range", "bos_token_id", "eos_token_id", "pad_token_id", "dtype", "torch_dtype", "vocab_size", "use_cache", "transformers_version"];

    /// <exception cref="AttuneException">A key is not known, is missing, or contradicts another.</exception>
    public static JsonObject Read(YamlFields all, string path, TokenizerPlan tokenizer, int context)
    {
        var node = all.Mapping("model") ?? throw new AttuneException($"{path}: a training needs a model; give the keys of config.json under model, model_type first");
        var model = all.Json("model")!;
        RequireFit(model, node, path);
        var whole = model.DeepClone().AsObject();
        // What the training will complete.
        whole["vocab_size"] ??= tokenizer.Path is null ? tokenizer.Vocabulary : 32_000;
        whole["max_position_embeddings"] ??= context;
        var keys = new AskedKeys(Others);
        var error = Try(whole, keys, out var complete);
        RequireKnown(model, node, path, keys, complete);
        return error is null ? model : throw Placed(error, model, node, path);
    }

    /// <summary>
    /// Makes the model, without weights. Where a key is missing, it is tried with some number in its place, since only a model that is made to the end has asked for all keys.
    /// </summary>
    /// <param name="complete">Whether <paramref name="keys"/> has all that the architecture asks for.</param>
    /// <returns>The first error; null: there was none.</returns>
    private static AttuneException? Try(JsonObject whole, AskedKeys keys, out bool complete)
    {
        var (tried, first) = (whole.DeepClone().AsObject(), (AttuneException?)null);
        while (true)
        {
            try
            {
                NewModel.Unset(tried, "model", keys).Dispose();
                complete = true;
                return first;
            }
            catch (AttuneException e)
            {
                first ??= e;
                complete = false;
                if (keys.Last is not { } missing || tried.ContainsKey(missing))
                    return first;
                tried[missing] = Stand;
            }
        }
    }

    /// <summary>A key that is not asked for is wrong, if all have been asked for or one that was asked for, and is not there, is spelled like it.</summary>
    private static void RequireKnown(JsonObject model, YamlMappingNode node, string path, AskedKeys asked, bool complete)
    {
        foreach (var (key, _) in node.Children)
        {
            var name = YamlText.Key(key, path);
            var lacking = asked.Where(k => !model.ContainsKey(k) && !Others.Contains(k, StringComparer.Ordinal)).ToList();
            if (asked.Contains(name) || !complete && Nearest.Of(name, lacking) is null)
                continue;
            var hint = Nearest.Hint(name, lacking) is { Length: > 0 } near ? near : Nearest.Hint(name, asked);
            throw new AttuneException($"{YamlText.At(path, key.Start)}: '{name}' is no key that the architecture '{model["model_type"]}' reads{hint} (it reads {string.Join(", ", asked.Order(StringComparer.Ordinal))})");
        }
    }

    /// <summary>The error with the line of the key that it names, and with what to change where that is another key.</summary>
    private static AttuneException Placed(AttuneException e, JsonObject model, YamlMappingNode node, string path)
    {
        if (e.Message.Contains("'partial_rotary_factor'", StringComparison.Ordinal) && !model.ContainsKey("partial_rotary_factor") && First(model, Widths) is var (widthKey, w) && First(model, HeadCounts) is var (headKey, n) && n > 0 && w / n % 2 != 0)
        {
            var possible = Divisors(w, d => w / d % 2 == 0);
            return Wrong(node, path, headKey, $"{n} heads of {widthKey} = {w} have {w / n} dimensions each, which turn in pairs; {(possible.Length > 0 ? $"possible heads are {possible}" : $"give an even {widthKey}")}");
        }
        var key = node.Children.Keys.FirstOrDefault(k => k is YamlScalarNode { Value: { } name } && e.Message.Contains($"'{name}'", StringComparison.Ordinal));
        return new AttuneException($"{YamlText.At(path, (key ?? node).Start)}: {e.Message}", e.Kind, e);
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

    private static string Divisors(int n, Predicate<int>? also = null) => string.Join(", ", Enumerable.Range(1, Math.Max(1, Math.Min(n, 128))).Where(d => n % d == 0 && also?.Invoke(d) != false).Select(d => d.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Names of keys, and which of them was asked for last.</summary>
    private sealed class AskedKeys(IEnumerable<string> known) : HashSet<string>(known, StringComparer.Ordinal), ISet<string>
    {
        public string? Last { get; private set; }

        bool ISet<string>.Add(string key)
        {
            Last = key;
            return Add(key);
        }
    }
}
