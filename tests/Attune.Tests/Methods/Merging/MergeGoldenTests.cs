using Attune.Methods.Adapters;
using Attune.Methods.Merging;
using Attune.Methods.Weights;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Merging;

/// <summary>PEFT's plain LoRA adapters merged into files, beside what PEFT computes.</summary>
[Trait("Category", "Goldens")]
public sealed class MergeGoldenTests : IDisposable
{
    private const double Tolerance = 3e-5;

    private readonly Models.Files.TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Adapters()
    {
        var data = new TheoryData<string>();
        foreach (var adapter in TestFolders.AllFixtures("adapters").SelectMany(Directory.GetDirectories).Where(IsLora).Order(StringComparer.Ordinal))
            data.Add(Path.GetFileName(adapter));
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Adapters))]
    public void Merge_OfAnAdapter_GivesPeftsLogitsFromTheWrittenFolder(string name)
    {
        Skip.If(name.Length == 0, "there are no goldens of adapters");
        var path = TestFolders.Fixture("adapters/" + name);
        var source = Path.GetFullPath(Path.Combine(path, PeftFolders.BaseModel(path)!));
        Skip.IfNot(ModelLoader.LoadTransformer(source) is CausalLanguageModel, $"{name} is no language model's");
        using var tokens = TinyModels.Language();
        using var model = new LanguageModel(tokens.Description, (CausalLanguageModel)ModelLoader.LoadTransformer(source), tokens.Tokenizer, null, Precision.Exact);
        var sites = new SiteSet(model.Transformer, "adapter");
        PeftAdapter adapter;
        try
        {
            adapter = AdapterKinds.Read(PeftFolder.Read(path), model.Transformer);
        }
        catch (AttuneException e)
        {
            throw new SkipException($"{name}: {e.Message}");
        }
        adapter.Attach(sites);
        var golden = new GoldenTensors(Path.Combine(path, "expected.safetensors"));
        Skip.If(golden.Has("decoder_input_ids"), $"{name} is of a model with an encoder, whose rows the harness of that kind compares");
        Near(golden, "logits", model.Transformer, sites);
        Skip.If(GoldenJson.Read(Path.Combine(path, "expected.json")).GetProperty("merged_difference").ValueKind == System.Text.Json.JsonValueKind.Null, $"{name} cannot be merged");
        ModelSaver.Save(source, folder.File("merged"), new SaveOptions { Changes = WeightMerge.Of(sites, model.Transformer) });
        using var merged = (CausalLanguageModel)ModelLoader.LoadTransformer(folder.File("merged"));
        // What is merged computes what it did beside the model: a head that shared the embeddings is written with numbers of its own.
        Near(golden, "logits", merged, null);
        adapter.Dispose();
    }

    private static bool IsLora(string folder) => PeftFolders.IsOne(folder) && (string?)PeftFolders.Read(folder)["peft_type"] == "LORA";

    private static void Near(GoldenTensors golden, string tensor, CausalLanguageModel model, SiteSet? sites)
    {
        var (shape, ids, mask, valid) = (golden.Shape(tensor), golden.Ints("input_ids"), golden.Ints("attention_mask"), golden.Ints("valid"));
        var expected = golden.Floats(tensor);
        for (var row = 0; row < shape[0]; row++)
        {
            using var graph = new Graph(recording: false);
            var batch = new TokenBatch();
            batch.Add([.. Enumerable.Range(0, shape[1]).Where(t => mask[row * shape[1] + t] == 1).Select(t => ids[row * shape[1] + t])]);
            var logits = model.Logits(graph, model.Forward(graph, batch, sites), batch, sites);
            for (var t = 0; t < batch.Count; t++)
            {
                if (valid[row * shape[1] + t] != 1)
                    continue;
                for (var v = 0; v < shape[2]; v++)
                    Assert.True(Math.Abs(logits[t][v] - expected[(row * shape[1] + t) * shape[2] + v]) <= Tolerance, FormattableString.Invariant($"{tensor} [{row},{t},{v}]: {logits[t][v]} for {expected[(row * shape[1] + t) * shape[2] + v]}"));
            }
        }
    }
}
