using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Tests.Models.Files;

public class GgufLoraTests
{
    // Two heads of 4 rows, rank 1: the value of a row is its number.
    private static GgufLora Adapter => new("llama", 8, [Factors("blk.0.attn_q.weight", 8), Factors("blk.0.ffn_up.weight", 8)]) { Name = "a" };

    [Fact]
    public void Write_ThenRead_GivesBackFactorsAndScale()
    {
        using var folder = new TemporaryFolder();
        var embedding = new GgufLoraFactors("token_embd.weight", 2, 3, 2, [1, 2, 3, 4, 5, 6], [7, 8, 9, 10]);
        (Adapter with { Factors = [.. Adapter.Factors, embedding], Norms = new Dictionary<string, float[]> { ["blk.0.attn_norm.weight"] = [1, 2] } }).Write(folder.File("x.gguf"));
        var read = GgufLora.Read(folder.File("x.gguf"));
        Assert.Equal(("llama", 8f, "a"), (read.Architecture, read.Alpha, read.Name));
        Assert.Equal(["blk.0.attn_q.weight", "blk.0.ffn_up.weight", "token_embd.weight"], read.Factors.Select(f => f.Tensor));
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], read.Factors[0].B);
        Assert.Equal(8, read.Scale(read.Factors[0]));
        Assert.Equal(4, read.Scale(read.Factors[2]));
        Assert.Equal((2, 3, 2), (read.Factors[2].Rank, read.Factors[2].Inputs, read.Factors[2].Outputs));
        Assert.Equal(embedding.A, read.Factors[2].A);
        Assert.Equal([1f, 2], read.Norms["blk.0.attn_norm.weight"]);
        // llama.cpp reads a row of A for each token.
        using var file = GgufFile.Open(folder.File("x.gguf"));
        Assert.Equal([3L, 2L], file.Tensors["token_embd.weight.lora_a"].Info.Shape);
        Assert.Equal([1f, 4, 2, 5, 3, 6], file.Tensors["token_embd.weight.lora_a"].ToFloat32());
        Assert.Equal(("adapter", "lora"), (file.Metadata.GetText("general.type"), file.Metadata.GetText("adapter.type")));
    }

    [Fact]
    public void ToFileOrder_QueryRows_AreReorderedAsTheConverterDoes()
    {
        var file = Adapter.ToFileOrder(4);
        Assert.Equal([0f, 2, 1, 3, 4, 6, 5, 7], file.Factors[0].B);
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], file.Factors[1].B);
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], file.FromFileOrder(4).Factors[0].B);
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], (Adapter with { Architecture = "qwen2" }).ToFileOrder(4).Factors[0].B);
        Assert.Throws<AttuneException>(() => Adapter.ToFileOrder(6));
    }

    [Fact]
    public void Scale_AlphaZero_IsOne() => Assert.Equal(1, (Adapter with { Alpha = 0 }).Scale(Adapter.Factors[0]));

    [Theory]
    [InlineData("general.type", "model", "general.type")]
    [InlineData("adapter.type", "ia3", "adapter.type")]
    public void Read_AnotherKind_IsRefused(string key, string value, string named)
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, GgufValue> metadata = new() { ["general.architecture"] = GgufValue.Of("llama"), ["general.type"] = GgufValue.Of("adapter"), ["adapter.type"] = GgufValue.Of("lora") };
        metadata[key] = GgufValue.Of(value);
        GgufWriter.Write(folder.File("x.gguf"), metadata, [Tensor("w.lora_a", [1, 4])]);
        Assert.Contains(named, Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadTensors_AreRefusedByName()
    {
        using var folder = new TemporaryFolder();
        void Write(params TensorToWrite[] tensors) => GgufWriter.Write(
            folder.File("x.gguf"), [new("general.architecture", GgufValue.Of("llama")), new("general.type", GgufValue.Of("adapter")), new("adapter.type", GgufValue.Of("lora"))], tensors);
        Write(Tensor("w.lora_a", [1, 4]));
        Assert.Contains("'w.lora_a' but not 'w.lora_b'", Refusal(folder), StringComparison.Ordinal);
        Write(Tensor("w.lora_b", [1, 4]));
        Assert.Contains("'w.lora_b' but not 'w.lora_a'", Refusal(folder), StringComparison.Ordinal);
        Write(Tensor("w.weight", [1, 4]));
        Assert.Contains("'w.weight'", Refusal(folder), StringComparison.Ordinal);
        Write(Tensor("w.lora_a", [2, 4]), Tensor("w.lora_b", [4, 3]));
        Assert.Contains("[2, 4] and [4, 3]", Refusal(folder), StringComparison.Ordinal);
        Write(Tensor("w.lora_a", [2, 2, 4]), Tensor("w.lora_b", [2, 4, 2]));
        Assert.Contains("[2, 2, 4]", Refusal(folder), StringComparison.Ordinal);
        Write();
        Assert.Contains("holds no tensors", Refusal(folder), StringComparison.Ordinal);
    }

    private static GgufLoraFactors Factors(string name, int outputs) => new(name, 1, 2, outputs, [1, 2], [.. Enumerable.Range(0, outputs).Select(i => (float)i)]);

    private static TensorToWrite Tensor(string name, long[] shape) => TensorToWrite.FromFloats(name, TensorType.F32, shape, new float[shape.Aggregate(1L, (p, a) => p * a)]);

    private static string Refusal(TemporaryFolder folder)
    {
        var message = Assert.Throws<ModelFileException>(() => GgufLora.Read(folder.File("x.gguf"))).Message;
        Assert.StartsWith(folder.File("x.gguf"), message, StringComparison.Ordinal);
        return message;
    }
}
