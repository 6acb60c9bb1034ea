using System.Text;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Methods.Head;
using Attune.Methods.Prompt;
using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Tests.Fuzzing;

/// <summary>Folders of models, adapters and adaptations of which one file is damaged.</summary>
internal static class FolderTargets
{
    private const string Generation = """{"eos_token_id":[1,2],"bos_token_id":0,"temperature":0.5}""";

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("model-config", "config.json", 2, true, () => [Utf8(TinyModels.Configuration().ToJsonString()), Utf8(WithRope())], [], Load) { Prepare = WriteModel },
        new("model-generation", "generation_config.json", 1, true, () => [Utf8(Generation)], [], Load) { Prepare = WriteModel },
        new("encoder-config", "config.json", 2, true, () => [File(WriteEncoder, "config.json")], [], f => ModelLoader.LoadEncoder(f).Dispose()) { Prepare = WriteEncoder },
        new("encoder-modules", "modules.json", 1, true, () => [File(WriteEncoder, "modules.json")], [], f => ModelLoader.LoadEncoder(f).Dispose()) { Prepare = WriteEncoder },
        new("encoder-settings", "sentence_bert_config.json", 1, true, () => ["""{"max_seq_length":16,"do_lower_case":false}"""u8.ToArray()], [], f => ModelLoader.LoadEncoder(f).Dispose()) { Prepare = WriteEncoder },
        new("model-gguf", "x.gguf", 2, false, () => [FuzzSeeds.Bytes(f => TinyFiles.WriteGguf(f))], [], f => ModelLoader.LoadLanguageModel(Path.Combine(f, "x.gguf")).Dispose()),
        new("adaptation", AdaptationStore.FileName, 3, true, () => [File(WriteAdaptation, AdaptationStore.FileName)], [], f => AdaptationStore.Load(f)) { Prepare = WriteAdaptation },
        new("adapter-config", PeftFolder.ConfigurationName, 2, true, () => [File(WriteAdapter, PeftFolder.ConfigurationName), Utf8(OtherAdapter())], [], ReadAdapter) { Prepare = WriteAdapter },
        new("adapter-weights", PeftFolder.WeightsName, 2, true, () => [File(WriteAdapter, PeftFolder.WeightsName)], [], ReadAdapter) { Prepare = WriteAdapter },
    ];

    private static readonly Lazy<LanguageModel> Base = new(() => TinyModels.Language());

    private static void Load(string folder) => ModelLoader.LoadLanguageModel(folder).Dispose();

    private static string WithRope()
    {
        var json = TinyModels.Configuration();
        json["rope_parameters"] = System.Text.Json.Nodes.JsonNode.Parse("""{"rope_type":"yarn","rope_theta":10000.0,"factor":4.0,"original_max_position_embeddings":64}""");
        json["eos_token_id"] = 3;
        return json.ToJsonString();
    }

    private static void WriteModel(string folder)
    {
        var weights = new TinyModels.RandomWeights(1);
        TinyModels.Create(TinyModels.Configuration(), weights).Dispose();
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), weights.Taken.Select(t => TensorToWrite.FromFloats(t.Name, TensorType.F32, [.. t.Shape.Select(n => (long)n)], t.Values)));
        System.IO.File.WriteAllText(Path.Combine(folder, "config.json"), TinyModels.Configuration().ToJsonString());
        System.IO.File.WriteAllBytes(Path.Combine(folder, "tokenizer.json"), FuzzSeeds.TokenizerJsons[0]);
    }

    private static void WriteEncoder(string folder)
    {
        var json = new System.Text.Json.Nodes.JsonObject
        {
            ["model_type"] = "bert", ["hidden_size"] = 8, ["intermediate_size"] = 16, ["num_hidden_layers"] = 1, ["num_attention_heads"] = 2,
            ["vocab_size"] = 6, ["max_position_embeddings"] = 16, ["type_vocab_size"] = 2,
        };
        var weights = new TinyModels.RandomWeights(1);
        TinyModels.Create(json, weights).Dispose();
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), weights.Taken.Select(t => TensorToWrite.FromFloats(t.Name, TensorType.F32, [.. t.Shape.Select(n => (long)n)], t.Values)));
        System.IO.File.WriteAllText(Path.Combine(folder, "config.json"), json.ToJsonString());
        System.IO.File.WriteAllText(Path.Combine(folder, "modules.json"), """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]""");
        System.IO.File.WriteAllBytes(Path.Combine(folder, "tokenizer.json"), FuzzSeeds.TokenizerJsons[1]);
    }

    private static void WriteAdaptation(string folder)
    {
        var (task, rows) = TinyModels.Task(4);
        Intervention[] interventions = [new FixedDemonstrations(rows), new LabelPrior([-0.5, -1]), new LabelShares([0.25, 0.75])];
        AdaptationStore.Save(new Adaptation(task, interventions, new Provenance("test", "{}", task.Name, "tiny 0000", "", 0, 4, "test")), Path.Combine(folder, "saved"));
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "saved")))
            System.IO.File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
    }

    private static void ReadAdapter(string folder) => AdapterKinds.Read(PeftFolder.Read(folder), Base.Value.Transformer).Dispose();

    private static JsonObject AdapterConfiguration() => (JsonObject)JsonNode.Parse("""
        {"peft_type":"LORA","base_model_name_or_path":"tiny","task_type":"CAUSAL_LM","r":2,"lora_alpha":4,"lora_dropout":0.5,"bias":"none","init_lora_weights":true,
        "target_modules":["q_proj"],"exclude_modules":null,"layers_to_transform":[1],"layers_pattern":["layers"],"rank_pattern":{"v_proj":1},"alpha_pattern":{"q_proj":8},
        "trainable_token_indices":{"embed_tokens":[3,5]},"modules_to_save":["model.norm"],"use_rslora":false,"use_dora":false,"layer_replication":null}
        """)!;

    /// <summary>The same adapter in other words.</summary>
    private static string OtherAdapter()
    {
        var json = AdapterConfiguration();
        (json["target_modules"], json["exclude_modules"]) = (@".*\.[qk]_proj", new JsonArray("k_proj"));
        (json["layers_to_transform"], json["layers_pattern"], json["trainable_token_indices"]) = (1, null, new JsonArray(3, 5));
        return json.ToJsonString();
    }

    private static void WriteAdapter(string folder)
    {
        new PeftFolder(AdapterConfiguration(),
        [
            PeftTensor.Of("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight", [2, 32], new float[64]),
            PeftTensor.Of("base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight", [32, 2], new float[64]),
            PeftTensor.Of("base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta", [2, 32], new float[64]),
            PeftTensor.Of("base_model.model.model.norm.weight", [32], new float[32]),
        ]).Write(folder);
    }

    private static byte[] File(Action<string> write, string name)
    {
        var folder = Directory.CreateTempSubdirectory("attune-seed-").FullName;
        write(folder);
        var bytes = System.IO.File.ReadAllBytes(Path.Combine(folder, name));
        Directory.Delete(folder, recursive: true);
        return bytes;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
