using System.Text.Json.Nodes;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Adapters of strangers whose configuration is wrong: one sentence, never a crash.</summary>
public sealed class AdapterRefusalTests : IDisposable
{
    private const string Lora = """{"peft_type":"LORA","r":2,"lora_alpha":4,"target_modules":["q_proj"],"layers_to_transform":[1]}""";

    private readonly LanguageModel model = TinyModels.Language();
    private readonly string folder = Directory.CreateTempSubdirectory("attune-test-").FullName;

    [Theory]
    [InlineData("[-5,3]", "row -5")]
    [InlineData("[3,257]", "row 257")]
    [InlineData("[3,3]", "twice")]
    [InlineData("[3,1.5]", "whole numbers")]
    [InlineData("[3,\"4\"]", "whole numbers")]
    [InlineData("[3,null]", "whole numbers")]
    [InlineData("3", "whole numbers")]
    public void TokenIndices_OutsideTheTableOrNoNumbers_AreRefused(string indices, string expected)
    {
        var rows = PeftTensor.Of("base_model.model.model.embed_tokens.trainable_tokens_delta", [2, 32], new float[64]);
        PeftFolder Of(string tokens) => new((JsonObject)JsonNode.Parse($$"""{"peft_type":"TRAINABLE_TOKENS","token_indices":{{tokens}},"target_modules":["embed_tokens"]}""")!, [rows]);
        AdapterKinds.Read(Of("[3,256]"), model.Transformer).Dispose();
        Refused(expected, () => AdapterKinds.Read(Of(indices), model.Transformer));
    }

    [Theory]
    [InlineData("bias", "true", "expected a text")]
    [InlineData("bias", "[\"none\"]", "expected a text")]
    [InlineData("init_lora_weights", "[\"pissa\"]", "expected a text")]
    [InlineData("layers_to_transform", "\"1\"", "whole number")]
    [InlineData("layers_to_transform", "[1.5]", "whole numbers")]
    [InlineData("layers_pattern", "3", "list of texts")]
    [InlineData("layers_pattern", "[true]", "list of texts")]
    [InlineData("use_bdlora", "{\"nblocks\":\"2\"}", "whole number above 0")]
    [InlineData("use_bdlora", "{\"match_strict\":1}", "true or false")]
    [InlineData("use_bdlora", "{\"target_modules_bd_a\":[1]}", "list of texts")]
    [InlineData("layer_replication", "[[2147483647,-2147483647]]", "pairs of layers")]
    public void Setting_OfAnotherKind_IsRefused(string key, string value, string expected)
    {
        var configuration = Configuration(Lora);
        configuration[key] = JsonNode.Parse(value);
        Refused(expected, () => AdapterKinds.Read(new PeftFolder(configuration, Factors()), model.Transformer));
    }

    [Theory]
    [InlineData("init_lora_weights", "true")]
    [InlineData("init_lora_weights", "false")]
    [InlineData("layers_to_transform", "1")]
    [InlineData("layers_pattern", "\"layers\"")]
    [InlineData("layers_pattern", "[\"(h|layers)\"]")]
    public void Setting_OfAKindThatIsKnown_IsRead(string key, string value)
    {
        var configuration = Configuration(Lora);
        configuration[key] = JsonNode.Parse(value);
        using var adapter = AdapterKinds.Read(new PeftFolder(configuration, Factors()), model.Transformer);
        Assert.Equal(2, adapter.Parameters.Count);
    }

    [Theory]
    [InlineData("", "within its own")]
    [InlineData(".", "within its own")]
    [InlineData("./", "within its own")]
    [InlineData("..", "within its own")]
    [InlineData("a/..", "within its own")]
    [InlineData("/a", "within its own")]
    [InlineData("again", "of the kind XLORA")]
    [InlineData("none", "has no adapter_config.json")]
    public void XLora_MixingItselfOrOthers_IsRefused(string name, string expected)
    {
        var configuration = Configuration("""{"peft_type":"XLORA","xlora_depth":1,"hidden_size":32}""");
        configuration["adapters"] = new JsonObject { ["0"] = "a", ["1"] = name };
        new PeftFolder(Configuration(Lora), Factors()).Write(Path.Combine(folder, "a"));
        new PeftFolder(configuration, Factors()).Write(Path.Combine(folder, "again"));
        new PeftFolder(configuration, Factors()).Write(folder);
        Refused(expected, () => AdapterKinds.Read(PeftFolder.Read(folder), model.Transformer));
    }

    [Theory]
    [InlineData("""{"peft_type":"LORA","r":1,"r":2}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Configuration_ThatIsNoObjectOfKeysOnce_IsRefused(string json)
    {
        new PeftFolder(Configuration(Lora), Factors()).Write(folder);
        File.WriteAllText(Path.Combine(folder, PeftFolder.ConfigurationName), json);
        Refused("JSON", () => PeftFolder.Read(folder));
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static void Refused(string expected, Func<object> read)
    {
        var error = Assert.ThrowsAny<AttuneException>(read);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static JsonObject Configuration(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static PeftTensor[] Factors() =>
    [
        PeftTensor.Of("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight", [2, 32], new float[64]),
        PeftTensor.Of("base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight", [32, 2], new float[64]),
    ];
}
