using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

/// <summary>The published models: sizes as their model cards and configurations give them.</summary>
[Trait("Category", "Goldens")]
public class RealModelFileTests
{
    [SkippableFact]
    public void Gguf_SmolLM2_HasItsVocabularyAndLayers()
    {
        var path = Directory.GetFiles(TestFolders.Model("smollm2-135m-instruct"), "*.gguf")[0];
        using var file = GgufFile.Open(path);
        Assert.Equal(49152, file.Metadata.GetTexts("tokenizer.ggml.tokens").Length);
        Assert.Equal(30, file.Metadata.GetInteger("llama.block_count"));
        Assert.Equal(9, file.Metadata.GetInteger("llama.attention.head_count"));
        Assert.Equal([49152L, 576L], file.Tensors["token_embd.weight"].Info.Shape);
        Assert.Equal([1536L, 576L], file.Tensors["blk.29.ffn_up.weight"].Info.Shape);
        Assert.All(file.Tensors["blk.0.attn_q.weight"].ToFloat32(), v => Assert.InRange(v, -20, 20));
    }

    [SkippableFact]
    public void Safetensors_MiniLM_HasItsVocabularyAndLayers()
    {
        using var folder = SafetensorsFolder.Open(TestFolders.Model("minilm-l6-v2"));
        Assert.Equal([30522L, 384L], folder.Tensors["embeddings.word_embeddings.weight"].Info.Shape);
        Assert.Equal([1536L, 384L], folder.Tensors["encoder.layer.5.intermediate.dense.weight"].Info.Shape);
        Assert.All(folder.Tensors["encoder.layer.0.attention.self.query.weight"].ToFloat32(), v => Assert.InRange(v, -20, 20));
    }
}
