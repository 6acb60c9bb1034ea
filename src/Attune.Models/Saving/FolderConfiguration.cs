using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>What config.json needs beside what a model's configuration says.</summary>
internal static class FolderConfiguration
{
    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["bart"] = "BartForConditionalGeneration", ["bloom"] = "BloomForCausalLM", ["cohere"] = "CohereForCausalLM", ["falcon"] = "FalconForCausalLM", ["gemma"] = "GemmaForCausalLM",
        ["gemma2"] = "Gemma2ForCausalLM", ["gemma3_text"] = "Gemma3ForCausalLM", ["gpt2"] = "GPT2LMHeadModel", ["gpt_neo"] = "GPTNeoForCausalLM", ["gpt_neox"] = "GPTNeoXForCausalLM",
        ["gptj"] = "GPTJForCausalLM", ["granite"] = "GraniteForCausalLM", ["llama"] = "LlamaForCausalLM", ["mamba"] = "MambaForCausalLM", ["mamba2"] = "Mamba2ForCausalLM",
        ["mistral"] = "MistralForCausalLM", ["mixtral"] = "MixtralForCausalLM", ["mpt"] = "MptForCausalLM", ["mt5"] = "MT5ForConditionalGeneration", ["olmo"] = "OlmoForCausalLM",
        ["olmo2"] = "Olmo2ForCausalLM", ["opt"] = "OPTForCausalLM", ["phi"] = "PhiForCausalLM", ["phi3"] = "Phi3ForCausalLM", ["qwen2"] = "Qwen2ForCausalLM", ["qwen3"] = "Qwen3ForCausalLM",
        ["qwen3_moe"] = "Qwen3MoeForCausalLM", ["rwkv"] = "RwkvForCausalLM", ["smollm3"] = "SmolLM3ForCausalLM", ["stablelm"] = "StableLmForCausalLM", ["starcoder2"] = "Starcoder2ForCausalLM",
        ["t5"] = "T5ForConditionalGeneration", ["t5gemma"] = "T5GemmaForConditionalGeneration",
    };

    /// <summary>Names the class that transformers would read a language model with, where the configuration does not and it is known.</summary>
    public static void NameClass(JsonObject json)
    {
        if (!json.ContainsKey("architectures") && (string?)json["model_type"] is { } type && Classes.TryGetValue(type, out var name))
            json.Insert(0, "architectures", new JsonArray(name));
    }

    public static void Complete(JsonObject json, StoredModel model)
    {
        var m = model.Gguf!.Metadata;
        if (model.Tensors.ContainsKey("rope_freqs.weight"))
            throw new AttuneException($"'{model.Path}' keeps its rotary frequencies as a tensor, which config.json has no place for; keep it as GGUF");
        NameClass(json);
        foreach (var (key, field) in new[] { ("bos_token_id", "bos_token_id"), ("eos_token_id", "eos_token_id"), ("pad_token_id", "padding_token_id") })
        {
            if (m.FindInteger("tokenizer.ggml." + field) is { } id)
                json[key] = id;
        }
    }
}
