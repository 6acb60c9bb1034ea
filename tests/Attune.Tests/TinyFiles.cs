using Attune.Models.Architectures;
using Attune.Models.Files;

namespace Attune.Tests;

/// <summary>The tiny language model as a GGUF file.</summary>
internal static class TinyFiles
{
    /// <summary>Writes the model with its matrices in one type.</summary>
    public static string WriteGguf(string path, TensorType type = TensorType.F32, ulong seed = 1)
    {
        var weights = new TinyModels.RandomWeights(seed);
        TinyModels.Create(TinyModels.Configuration(), weights).Dispose();
        var names = new Llama().Gguf;
        var tensors = weights.Taken.Select(t => TensorToWrite.FromFloats(names.NameOf(t.Name), t.Shape.Length > 1 ? type : TensorType.F32, [.. t.Shape.Select(n => (long)n)], t.Values)).ToList();
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

    /// <summary>As <see cref="Patch"/>, in a safetensors file.</summary>
    public static void PatchSafetensors(string path, string tensor, long offset, ReadOnlySpan<byte> bytes)
    {
        long at;
        using (var file = SafetensorsFile.Open(path))
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
            ["llama.block_count"] = GgufValue.Of((uint)(int)c["num_hidden_layers"]!),
            ["llama.context_length"] = GgufValue.Of((uint)(int)c["max_position_embeddings"]!),
            ["llama.embedding_length"] = GgufValue.Of((uint)(int)c["hidden_size"]!),
            ["llama.feed_forward_length"] = GgufValue.Of((uint)(int)c["intermediate_size"]!),
            ["llama.attention.head_count"] = GgufValue.Of((uint)(int)c["num_attention_heads"]!),
            ["llama.attention.head_count_kv"] = GgufValue.Of((uint)(int)c["num_key_value_heads"]!),
            ["llama.attention.layer_norm_rms_epsilon"] = GgufValue.Of((float)(double)c["rms_norm_eps"]!),
            ["tokenizer.ggml.model"] = GgufValue.Of("gpt2"),
            ["tokenizer.ggml.pre"] = GgufValue.Of("gpt-2"),
            ["tokenizer.ggml.tokens"] = GgufValue.Of(GgufArray.Of(TinyModels.ByteTokens().ToArray())),
            ["tokenizer.ggml.merges"] = GgufValue.Of(GgufArray.Of(Array.Empty<string>())),
            ["tokenizer.ggml.token_type"] = GgufValue.Of(GgufArray.Of(Enumerable.Repeat(1, 256).Append(3).ToArray())),
            ["tokenizer.ggml.eos_token_id"] = GgufValue.Of(256u),
        };
    }
}
