using System.Text;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Tokenizers;
using static Attune.Tests.Fuzzing.FuzzSeeds;

namespace Attune.Tests.Fuzzing;

/// <summary>Files with tensors, and tokenizers.</summary>
internal static class ContainerTargets
{
    private static readonly TensorToWrite[] Tensors =
    [
        TensorToWrite.FromFloats("a", TensorType.F32, [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }),
        TensorToWrite.FromFloats("b", TensorType.F16, [4], new float[] { 1, 2, 3, 4 }),
    ];

    private static readonly TensorToWrite Quantised = TensorToWrite.FromFloats("q", TensorType.Q4_0, [32], new float[32]);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("gguf", "x.gguf", 20, false, () => [Bytes(f => GgufWriter.Write(f, Metadata(), [.. Tensors, Quantised]))], ["files/*.gguf"], f => Read(GgufFile.Open(Path.Combine(f, "x.gguf")))),
        new("gguf-description", "x.gguf", 4, false, () => [Bytes(f => GgufWriter.Write(f, Metadata(), Tensors))], ["files/metadata-*.gguf"], f => ModelFileInfo.Read(Path.Combine(f, "x.gguf"))),
        new("gguf-lora", "x.gguf", 4, false, () => [Bytes(Lora)], [], f => GgufLora.Read(Path.Combine(f, "x.gguf")).FromFileOrder(2)),
        new("gguf-control-vector", "x.gguf", 3, false, () => [Bytes(f => new GgufControlVector("llama", new Dictionary<int, float[]> { [1] = [1, 2], [2] = [3, 4] }).Write(f))], [], f => GgufControlVector.Read(Path.Combine(f, "x.gguf"))),
        new("gguf-tokenizer", "x.gguf", 5, false, () => [Bytes(f => WriteVocabulary(f, "gpt2", "gpt-2")), Bytes(f => WriteVocabulary(f, "llama", null))], [], f => Encode(TokenizerLoader.Load(Path.Combine(f, "x.gguf")))),
        new("safetensors", "x.safetensors", 12, true, () => [Bytes(f => SafetensorsWriter.Write(f, Tensors, new Dictionary<string, string> { ["format"] = "pt" }))], ["files/safetensors/*.safetensors"], f => Read(SafetensorsFile.Open(Path.Combine(f, "x.safetensors")))),
        new("index", "model.safetensors.index.json", 5, true, () => ["""{"metadata":{"total_size":32},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}"""u8.ToArray()], [], f => Read(SafetensorsFolder.Open(f)))
        {
            Prepare = f =>
            {
                SafetensorsWriter.Write(Path.Combine(f, "one.safetensors"), Tensors[..1]);
                SafetensorsWriter.Write(Path.Combine(f, "two.safetensors"), Tensors[1..]);
            },
        },
        new("npy", "x.npy", 6, true, () => [Bytes(f => NumpyWriter.Write<float>(f, [2, 2], new float[] { 1, 2, 3, 4 })), Encoding.Latin1.GetBytes("\u0093NUMPY\u0003\0<\0\0\0{'descr': '>i2', 'fortran_order': True, 'shape': (2, 1, 2)} 12345678")], [], f =>
        {
            using var array = NumpyArray.Open(Path.Combine(f, "x.npy"));
            array.ToComplex();
        }),
        new("npz", "x.npz", 3, false, () => [Bytes(f => NumpyWriter.WriteArchive<float>(f, [("a", [2], new float[] { 1, 2 }), ("b", [1], new float[] { 3 })]))], [], ReadArchive),
        new("tokenizer-json", "tokenizer.json", 10, true, () => TokenizerJsons, ["files/tokenizer.json", "tokenizers/tokenizer.json"], f => Encode(TokenizerJson.Load(Path.Combine(f, "tokenizer.json")))),
        new("tokenizer-model", "tokenizer.model", 5, false, () => [SentencePiece(1), SentencePiece(2)], [], f => Encode(SentencePieceTokenizer.Load(Path.Combine(f, "tokenizer.model")))),
        new("tokenizer-config", "tokenizer_config.json", 2, true, () => ["""{"bos_token":"a","eos_token":{"content":"b","lstrip":false},"add_bos_token":true,"chat_template":"{{ messages }}","model_max_length":512}"""u8.ToArray()], ["tokenizers/tokenizer_config.json"], f => TokenizerLoader.Load(f))
        {
            Prepare = f => File.WriteAllBytes(Path.Combine(f, "tokenizer.json"), TokenizerJsons[0]),
        },
    ];

    private static Dictionary<string, GgufValue> Metadata() => new()
    {
        ["general.architecture"] = GgufValue.Of("llama"),
        ["general.alignment"] = GgufValue.Of(32u),
        ["n"] = GgufValue.Of(-3L),
        ["f"] = GgufValue.Of(true),
        ["words"] = GgufValue.Of(GgufArray.Of(new[] { "x", "yz" })),
        ["nested"] = GgufValue.Of(GgufArray.Of(new[] { GgufArray.Of(new[] { 1, 2 }), GgufArray.Of(new[] { 3f }) })),
    };

    private static void Lora(string path) => new GgufLora("llama", 4, [new("blk.0.attn_q.weight", 1, 2, 4, [1, 2], [1, 2, 3, 4])]).Write(path);

    private static void Read(ITensorSource source)
    {
        using (source)
        {
            foreach (var tensor in source.Tensors.Values.Where(t => Dequantiser.CanRead(t.Info.Type)))
                tensor.ToFloat32();
        }
    }

    private static void ReadArchive(string folder)
    {
        using var archive = NumpyArchive.Open(Path.Combine(folder, "x.npz"));
        foreach (var name in archive.Names.ToList())
            archive.Read(name).ToFloat64();
    }

    private static void Encode(ITokenizer tokenizer)
    {
        var ids = tokenizer.Encode("The cat's 12 aa\u00e9 <x> \ud83d\ude00\n", addSpecial: true);
        tokenizer.Decode(ids, skipSpecial: true);
        tokenizer.EncodeWithOffsets("a b", addSpecial: false);
    }
}
