using Attune.Methods.Adapters;
using Attune.Methods;
using Attune.Methods.Merging;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Merging;

/// <summary>PEFT's adapters merged into files, beside what PEFT computes with them.</summary>
[Trait("Category", "Goldens")]
public sealed class MergeGoldenTests : IDisposable
{
    private const double Tolerance = 3e-5;

    private readonly Models.Files.TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Adapters()
    {
        var data = new TheoryData<string>();
        foreach (var adapter in TestFolders.AllFixtures("adapters").SelectMany(Directory.GetDirectories).Where(PeftAdaptations.IsOne).Order(StringComparer.Ordinal))
            data.Add(Path.GetFileName(adapter));
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Adapters))]
    public void Merge_OfAnAdapter_GivesTheLogitsFromTheWrittenFolder(string name)
    {
        Skip.If(name.Length == 0, "there are no goldens of adapters");
        var path = TestFolders.Fixture("adapters/" + name);
        Skip.If(AdapterKinds.Find(PeftFolder.Read(path).PeftType) is null, $"{name}: the kind {PeftFolder.Read(path).PeftType} is not known");
        Skip.If(PeftFolder.Read(path).Configuration["layer_replication"] is not null, $"{name} repeats layers, which a merge into the model's own layout cannot");
        var source = Path.GetFullPath(Path.Combine(path, PeftAdaptations.BaseModel(path)!));
        var golden = new GoldenTensors(Path.Combine(path, "expected.safetensors"));
        Skip.If(golden.Has("decoder_input_ids"), $"{name} is of a model with an encoder, whose rows the harness of that kind compares");
        var transformer = ModelLoader.LoadTransformer(source);
        Skip.IfNot(transformer is CausalLanguageModel, $"{name} is no language model's");
        using var tokens = TinyModels.Language();
        using var model = new LanguageModel(tokens.Description, (CausalLanguageModel)transformer, tokens.Tokenizer, null, Precision.Exact);
        var adaptation = PeftAdaptations.Load(path, TinyModels.Task(2).Task);
        var sites = new SiteSet(model.Transformer, "adapter");
        ((IModelIntervention)adaptation.Interventions[0]).Attach(sites, model);
        MergePlan plan;
        try
        {
            plan = MergePlan.Of(adaptation, model, sites);
        }
        catch (AttuneException e)
        {
            Assert.Contains("beside the model", e.Message, StringComparison.Ordinal);
            throw new SkipException($"{name}: {e.Message}");
        }
        using (plan)
        {
            ModelSaver.Save(source, folder.File("merged"), new SaveOptions { Changes = plan.Changes });
            using var merged = (CausalLanguageModel)ModelLoader.LoadTransformer(folder.File("merged"));
            // PEFT merges into a shared table for the head too; here the head keeps its own.
            var own = plan.Changes.Any(c => c.Name == "lm_head.weight");
            Near(golden, golden.Has("logits_merged") && !own ? "logits_merged" : "logits", merged, null);
        }
    }

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
