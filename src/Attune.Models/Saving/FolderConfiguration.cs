using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>What config.json needs beside what a GGUF file's configuration says.</summary>
internal static class FolderConfiguration
{
    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["llama"] = "LlamaForCausalLM", ["qwen2"] = "Qwen2ForCausalLM", ["qwen3"] = "Qwen3ForCausalLM", ["gemma"] = "GemmaForCausalLM", ["gemma2"] = "Gemma2ForCausalLM",
        ["phi3"] = "Phi3ForCausalLM", ["mistral"] = "MistralForCausalLM", ["gpt2"] = "GPT2LMHeadModel", ["starcoder2"] = "Starcoder2ForCausalLM", ["stablelm"] = "StableLmForCausalLM",
    };

    public static void Complete(JsonObject json, StoredModel model)
    {
        var m = model.Gguf!.Metadata;
        if (model.Tensors.ContainsKey("rope_freqs.weight"))
            throw new AttuneException($"'{model.Path}' keeps its rotary frequencies as a tensor, which config.json has no place for; keep it as GGUF");
        if ((string?)json["model_type"] is { } type && Classes.TryGetValue(type, out var name))
            json.Insert(0, "architectures", new JsonArray(name));
        foreach (var (key, field) in new[] { ("bos_token_id", "bos_token_id"), ("eos_token_id", "eos_token_id"), ("pad_token_id", "padding_token_id") })
        {
            if (m.FindInteger("tokenizer.ggml." + field) is { } id)
                json[key] = id;
        }
    }
}
