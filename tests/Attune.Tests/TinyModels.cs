using System.Text;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Tests;

/// <summary>Models of a few thousand random weights, made by the test itself, so that every part runs on a machine without real ones.</summary>
internal static class TinyModels
{
    private static readonly string[] Words =
    [
        "good", "bad", "film", "movie", "great", "awful", "the", "a", "was", "is", "very", "review", "text", "label", "positive", "negative",
        "and", "plot", "dull", "fun", "boring", "lovely", "acting", "weak", "strong",
    ];

    /// <summary>A Llama of 2 layers and width 32 with a byte-level tokenizer.</summary>
    /// <param name="change">Changes the weights of a tensor, by its name.</param>
    public static LanguageModel Language(ulong seed = 1, int context = 512, Precision precision = Precision.Exact, long cacheBytes = 8 << 20, Action<string, float[]>? change = null)
    {
        var tokenizer = ByteTokenizer();
        var transformer = (CausalLanguageModel)Create(Configuration(context), new RandomWeights(seed, change));
        return new LanguageModel(new ModelDescription("tiny", "memory", "0000", "F32"), transformer, tokenizer, null, precision, cacheBytes);
    }

    /// <summary>A language model of any architecture over the byte-level tokenizer.</summary>
    public static LanguageModel Of(JsonObject configuration, ulong seed = 1, long cacheBytes = 8 << 20)
    {
        var transformer = (CausalLanguageModel)Create(configuration, new RandomWeights(seed));
        return new LanguageModel(new ModelDescription("tiny", "memory", "0000", "F32"), transformer, ByteTokenizer(), null, Precision.Exact, cacheBytes);
    }

    /// <summary>A Mamba of 2 blocks and width 32.</summary>
    public static JsonObject MambaConfiguration() => new()
    {
        ["model_type"] = "mamba", ["vocab_size"] = ByteTokens().Count, ["hidden_size"] = 32, ["state_size"] = 4, ["conv_kernel"] = 4, ["expand"] = 2,
        ["time_step_rank"] = 4, ["num_hidden_layers"] = 2,
    };

    /// <summary>A T5 with an encoder of 3 layers, a decoder of 2 and width 32, with a byte-level tokenizer.</summary>
    public static LanguageModel EncoderDecoder(ulong seed = 4, int context = 512, Precision precision = Precision.Exact, long cacheBytes = 8 << 20)
    {
        var configuration = new JsonObject
        {
            ["model_type"] = "t5", ["d_model"] = 32, ["d_ff"] = 48, ["d_kv"] = 8, ["num_heads"] = 4, ["num_layers"] = 3, ["num_decoder_layers"] = 2, ["n_positions"] = context,
            ["vocab_size"] = ByteTokens().Count, ["relative_attention_num_buckets"] = 8, ["relative_attention_max_distance"] = 20, ["decoder_start_token_id"] = 256,
        };
        var transformer = (CausalLanguageModel)Create(configuration, new RandomWeights(seed));
        return new LanguageModel(new ModelDescription("tiny-t5", "memory", "0002", "F32"), transformer, ByteTokenizer(), null, precision, cacheBytes);
    }

    /// <summary>The language model's config.json.</summary>
    public static JsonObject Configuration(int context = 512) => new()
    {
        ["model_type"] = "llama", ["hidden_size"] = 32, ["intermediate_size"] = 64, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2, ["vocab_size"] = ByteTokens().Count, ["max_position_embeddings"] = context, ["rms_norm_eps"] = 1e-5, ["tie_word_embeddings"] = true,
    };

    public static TransformerModel Create(JsonObject configuration, IWeightSource weights)
    {
        var json = new ConfigurationJson(configuration, "tiny");
        return ArchitectureCatalog.Of(json).Create(new ArchitectureContext(json, weights));
    }

    /// <summary>A BERT of 2 layers and width 32 over a small list of words.</summary>
    public static SentenceEncoder Encoder(ulong seed = 2, Action<string, float[]>? change = null)
    {
        var tokenizer = WordTokenizer();
        var configuration = new JsonObject
        {
            ["model_type"] = "bert", ["hidden_size"] = 32, ["intermediate_size"] = 64, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 4,
            ["vocab_size"] = tokenizer.VocabularySize, ["max_position_embeddings"] = 64,
        };
        var transformer = (EncoderModel)Create(configuration, new RandomWeights(seed, change));
        return new SentenceEncoder(new ModelDescription("tiny-encoder", "memory", "0001", "F32"), transformer, tokenizer, new SentenceSettings(64, false, true));
    }

    /// <summary>A task of two labels with rows made of the small list's words.</summary>
    public static (TaskSpec Task, IReadOnlyList<Example> Rows) Task(int rows, ulong seed = 3)
    {
        var json = JsonNode.Parse("""{"kind":"classification","instruction":"","labels":["negative","positive"],"template":"review: {text}\nlabel:"}""");
        var task = TaskSpec.FromJson(System.Text.Json.JsonSerializer.SerializeToElement(json), "tiny");
        var random = new SeededRandom(seed);
        var list = new List<Example>();
        for (var i = 0; i < rows; i++)
        {
            var label = i % 2;
            var text = string.Join(' ', Enumerable.Range(0, 3 + random.Next(5)).Select(_ => Words[random.Next(Words.Length)])) + (label == 0 ? " bad" : " good");
            list.Add(new Example($"train:{i + 1}", Input.FromText(text), task.Labels[label], null, i + 1));
        }
        return (task, list);
    }

    /// <summary>Sums over every weight, bit for bit: equal before and after means unchanged.</summary>
    public static double[] Checksum(TransformerModel model) =>
    [
        .. model.Linears.Select(l =>
        {
            var row = new float[l.Inputs];
            var sum = 0.0;
            for (var r = 0; r < l.Outputs; r++)
            {
                l.Weight.ReadRow(r, row);
                for (var i = 0; i < row.Length; i++)
                    sum += row[i] * (1.0 + i + r * 31);
            }
            return sum;
        }),
        .. model.Vectors.Select(v => v.Value.Span.ToArray().Select((x, i) => x * (1.0 + i)).Sum()),
    ];

    private static ITokenizer ByteTokenizer()
    {
        var types = Enumerable.Repeat(1, 256).Append(3).ToArray();
        return GgufVocabulary.Create(new GgufVocabularyFields { Model = "gpt2", Pre = "gpt-2", Tokens = ByteTokens(), Types = types, Special = new SpecialTokens { End = 256 } });
    }

    /// <summary>The language model's vocabulary: every byte, then the end.</summary>
    public static List<string> ByteTokens()
    {
        // GPT-2's printable stand-ins for the 256 bytes.
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range('¡', '¬' - '¡' + 1)).Concat(Enumerable.Range('®', 'ÿ' - '®' + 1)).ToHashSet();
        var next = 256;
        var tokens = Enumerable.Range(0, 256).Select(b => ((char)(printable.Contains(b) ? b : next++)).ToString()).ToList();
        tokens.Add("<|end|>");
        return tokens;
    }

    private static ITokenizer WordTokenizer()
    {
        var path = Path.Combine(Path.GetTempPath(), $"attune-vocabulary-{Environment.ProcessId}-{Guid.NewGuid():N}.txt");
        File.WriteAllLines(path, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words], new UTF8Encoding(false));
        try
        {
            return WordPieceTokenizer.LoadVocabulary(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Normal weights of deviation 1/√columns, norms near 1, by name and seed.</summary>
    public sealed class RandomWeights(ulong seed, Action<string, float[]>? change = null) : IWeightSource
    {
        public bool Has(string name) => name != "lm_head.weight";

        public WeightMatrix Matrix(string name, int rows, int columns, bool transposed = false) => WeightMatrix.Create(rows, columns, Rows(name, rows, columns));

        public float[] Rows(string name, int rows, int columns)
        {
            var random = new SeededRandom(seed).Fork(name);
            var scale = 1.5 / Math.Sqrt(columns);
            return Changed(name, [.. Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextNormal() * scale))], [rows, columns]);
        }

        public float[] Values(string name, params int[] shape)
        {
            var length = shape.Aggregate(1, (a, b) => a * b);
            var random = new SeededRandom(seed).Fork(name);
            var centre = name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0;
            return Changed(name, [.. Enumerable.Range(0, length).Select(_ => (float)(centre + 0.1 * random.NextNormal()))], shape);
        }

        /// <summary>What was taken so far, in order.</summary>
        public List<(string Name, int[] Shape, float[] Values)> Taken { get; } = [];

        private float[] Changed(string name, float[] values, int[] shape)
        {
            change?.Invoke(name, values);
            Taken.Add((name, shape, values));
            return values;
        }
    }
}
