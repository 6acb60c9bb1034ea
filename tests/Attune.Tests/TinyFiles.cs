using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Tests;

/// <summary>The tiny language model as a GGUF file.</summary>
internal static class TinyFiles
{
    /// <summary>Writes the model with its matrices in one type.</summary>
    public static string WriteGguf(string path, TensorType type = TensorType.F32, ulong seed = 1)
    {
        var c = TinyModels.Configuration();
        var weights = new TinyModels.RandomWeights(seed);
        var tensors = new List<TensorToWrite>();
        void Matrix(string name, int rows, int columns) => tensors.Add(TensorToWrite.FromFloats(GgufNames.OfLlama(name), type, [rows, columns], weights.Values(name, rows, columns)));
        void Vector(string name) => tensors.Add(TensorToWrite.FromFloats(GgufNames.OfLlama(name), TensorType.F32, [c.HiddenSize], weights.Vector(name, c.HiddenSize)));
        var kv = c.NumKeyValueHeads * c.HeadDim;
        Matrix("model.embed_tokens.weight", c.VocabSize, c.HiddenSize);
        for (var i = 0; i < c.NumHiddenLayers; i++)
        {
            var layer = FormattableString.Invariant($"model.layers.{i}.");
            Vector(layer + "input_layernorm.weight");
            Matrix(layer + "self_attn.q_proj.weight", c.HiddenSize, c.HiddenSize);
            Matrix(layer + "self_attn.k_proj.weight", kv, c.HiddenSize);
            Matrix(layer + "self_attn.v_proj.weight", kv, c.HiddenSize);
            Matrix(layer + "self_attn.o_proj.weight", c.HiddenSize, c.HiddenSize);
            Vector(layer + "post_attention_layernorm.weight");
            Matrix(layer + "mlp.gate_proj.weight", c.IntermediateSize, c.HiddenSize);
            Matrix(layer + "mlp.up_proj.weight", c.IntermediateSize, c.HiddenSize);
            Matrix(layer + "mlp.down_proj.weight", c.HiddenSize, c.IntermediateSize);
        }
        Vector("model.norm.weight");
        GgufWriter.Write(path, Metadata(), tensors);
        return path;
    }

    /// <summary>Writes bytes over a tensor's, from <paramref name="offset"/> in it.</summary>
    public static void Patch(string path, string tensor, long offset, ReadOnlySpan<byte> bytes)
    {
        long at;
        using (var file = GgufFile.Open(path))
            at = file.Tensors[tensor].Info.Offset + offset;
        using var stream = File.OpenWrite(path);
        stream.Position = at;
        stream.Write(bytes);
    }

    private static Dictionary<string, GgufValue> Metadata()
    {
        var c = TinyModels.Configuration();
        return new Dictionary<string, GgufValue>
        {
            ["general.architecture"] = GgufValue.Of("llama"),
            ["llama.block_count"] = GgufValue.Of((uint)c.NumHiddenLayers),
            ["llama.context_length"] = GgufValue.Of((uint)c.MaxPositionEmbeddings),
            ["llama.embedding_length"] = GgufValue.Of((uint)c.HiddenSize),
            ["llama.feed_forward_length"] = GgufValue.Of((uint)c.IntermediateSize),
            ["llama.attention.head_count"] = GgufValue.Of((uint)c.NumAttentionHeads),
            ["llama.attention.head_count_kv"] = GgufValue.Of((uint)c.NumKeyValueHeads),
            ["llama.attention.layer_norm_rms_epsilon"] = GgufValue.Of(c.RmsNormEps),
            ["tokenizer.ggml.model"] = GgufValue.Of("gpt2"),
            ["tokenizer.ggml.pre"] = GgufValue.Of("gpt-2"),
            ["tokenizer.ggml.tokens"] = GgufValue.Of(GgufArray.Of(TinyModels.ByteTokens().ToArray())),
            ["tokenizer.ggml.merges"] = GgufValue.Of(GgufArray.Of(Array.Empty<string>())),
            ["tokenizer.ggml.token_type"] = GgufValue.Of(GgufArray.Of(Enumerable.Repeat(1, 256).Append(3).ToArray())),
            ["tokenizer.ggml.eos_token_id"] = GgufValue.Of(256u),
        };
    }
}
