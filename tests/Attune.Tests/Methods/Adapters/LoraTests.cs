using Attune.Data;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Methods.Weights;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Adapters;

/// <summary>LoRA by hand-worked cases and properties, without goldens.</summary>
public sealed class LoraTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Language(context: 2048);
    private readonly TaskSpec task;
    private readonly IReadOnlyList<Example> rows;

    public LoraTests() => (task, rows) = TinyModels.Task(40);

    [Fact]
    public void Linear_BZero_IsTheFrozenMap()
    {
        var f = Factors(zeroB: true);
        using var graph = new Graph(recording: false);
        var x = Random(graph, f.Module.Inputs);
        var sites = new SiteSet(model.Transformer, "x");
        Assert.Equal(f.Module.Base(graph, x, sites).Span.ToArray(), f.Linear(graph, x, f.Module, sites).Span.ToArray());
    }

    [Fact]
    public void Linear_Attached_EqualsTheMergedProductInFloat64()
    {
        var f = Factors(zeroB: false);
        using var graph = new Graph(recording: false);
        var x = Random(graph, f.Module.Inputs);
        var y = f.Linear(graph, x, f.Module, new SiteSet(model.Transformer, "x"));
        using var merged = new MergedWeights();
        f.Merge(merged);
        var weight = merged.All[f.Module.Name + ".weight"].Value;
        var row = new float[f.Module.Inputs];
        for (var o = 0; o < f.Module.Outputs; o++)
        {
            f.Module.Weight.ReadRow(o, row);
            for (var i = 0; i < x.Rows; i++)
            {
                // (W + α/r·B·A)·x in float64.
                var sum = 0.0;
                for (var k = 0; k < f.Module.Inputs; k++)
                {
                    double w = row[k];
                    for (var r = 0; r < f.A.Rows; r++)
                        w += 2.0 * f.B.Value[o][r] * f.A.Value[r][k];
                    Assert.Equal(w, weight[o][k], 1e-6);
                    sum += w * x[i][k];
                }
                Assert.Equal(sum, y[i][o], 4);
            }
        }
    }

    [Theory]
    [InlineData(false, 2f)]
    [InlineData(true, 5.656854f)]
    public void Read_RankStabilised_ScalesByTheRoot(bool stabilised, float expected)
    {
        using var adapter = new Lora().Start(Context(), model, new LoraOptions { Rank = 8, Alpha = 16, RankStabilised = stabilised });
        Assert.All(adapter.Changes.Cast<LoraFactors>(), f => Assert.Equal(expected, f.Scale, 5));
    }

    [Fact]
    public void Backward_OfALabelLoss_EqualsCentralDifferences()
    {
        using var adapter = new Lora().Start(Context(), model, new LoraOptions { Rank = 2, Alpha = 4, Targets = ["q_proj", "down_proj"] });
        Shake(adapter);
        GradientCheck.Run(Context(), model, adapter, rows);
    }

    [Fact]
    public void Read_OtherShapesModulesOrKeys_IsRefusedByName()
    {
        var start = new AdapterStart(Context(), model, "test", "LORA", ["q_proj"]);
        start.Configuration["r"] = 2;
        start.Configuration["lora_alpha"] = 2;
        foreach (var module in start.Linears)
        {
            start.Fill(AdapterStart.NameOf(module, "lora_A.weight"), 0, 2, 32);
            start.Fill(AdapterStart.NameOf(module, "lora_B.weight"), 0, 32, 2);
        }
        var good = start.ToFolder();
        AdapterKinds.Read(good, model.Transformer).Dispose();
        Refused(good, f => f.Tensors.Add("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight", PeftTensor.Of("x", [1], [0])), "have no place");
        Refused(good, f => f.Tensors.RemoveAt(0), "lacks the tensor 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight'");
        Refused(good, f => f.Tensors["base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight"] = PeftTensor.Of("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight", [2, 16], new float[32]), "[2, 16], expected [2, 32]");
        Refused(good, f => f.Configuration["brand_new"] = 1, "brand_new");
        Refused(good, f => f.Configuration["peft_type"] = "NO_SUCH", "NO_SUCH");
        Refused(good, f => f.Configuration["target_modules"] = "(((", "pattern");
        Refused(good, f => f.Configuration["init_lora_weights"] = "corda", "corda");
    }

    [Theory]
    [InlineData("""["q_proj"]""", "null", "null", "0q1q")]
    [InlineData("\"model\\\\.layers\\\\.[0-9]+\\\\.self_attn\\\\.(q|v)_proj\"", "null", "null", "0q0v1q1v")]
    [InlineData("\"all-linear\"", """["mlp.up_proj","gate_proj","down_proj","o_proj","k_proj"]""", "1", "1q1v")]
    [InlineData("""["self_attn.v_proj","proj"]""", "null", "[0]", "0v")]
    [InlineData("""["layers.1.self_attn.q_proj"]""", "null", "null", "1q")]
    public void Targets_ListsPatternsAndLayers_AsPeftFindsThem(string targets, string excluded, string layers, string expected)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse($$"""{"peft_type":"LORA","target_modules":{{targets}},"exclude_modules":{{excluded}},"layers_to_transform":{{layers}}}""")!.AsObject();
        var reader = new AdapterReader(new PeftFolder(json, []), model.Transformer);
        Assert.Equal(expected, string.Concat(reader.Targets().Select(t => t.Name.Split('.')[2] + t.Role[0])));
    }

    [Fact]
    public void Load_AdaptationOfTheFirstVersion_IsTheSameAdapter()
    {
        var bag = new TensorBag();
        float[] a = [.. Enumerable.Range(0, 64).Select(i => i / 64f)], b = [.. Enumerable.Range(0, 64).Select(i => -i / 32f)];
        bag.Add("model.layers.0.self_attn.q_proj.lora_A", 2, 32, a);
        bag.Add("model.layers.0.self_attn.q_proj.lora_B", 32, 2, b);
        var json = System.Text.Json.Nodes.JsonNode.Parse("""{"kind":"LoraAdapter","rank":2,"alpha":4,"rank-stabilised":false,"dropout":0.1,"targets":["q_proj"],"modules":["model.layers.0.self_attn.q_proj"]}""")!.AsObject();
        using var adapter = AdapterKinds.Read(AdapterIntervention.LoadFormer(json, bag).Folder, model.Transformer);
        var f = Assert.Single(adapter.Changes.OfType<LoraFactors>());
        Assert.Equal((2f, "model.layers.0.self_attn.q_proj"), (f.Scale, f.Module.Name));
        Assert.Equal(a, f.A.Value.Span.ToArray());
        Assert.Equal(b, f.B.Value.Span.ToArray());
    }

    public void Dispose() => model.Dispose();

    private void Refused(PeftFolder good, Action<PeftFolder> spoil, string expected)
    {
        var copy = new PeftFolder((System.Text.Json.Nodes.JsonObject)good.Configuration.DeepClone(), good.Tensors.Values);
        spoil(copy);
        Assert.Contains(expected, Assert.Throws<AttuneException>(() => AdapterKinds.Read(copy, model.Transformer)).Message, StringComparison.Ordinal);
    }

    private FitContext Context() => new() { Task = task, Examples = rows, Model = model, Seed = 3 };

    private static void Shake(PeftAdapter adapter)
    {
        var random = new SeededRandom(8);
        foreach (var parameter in adapter.Parameters)
            foreach (ref var v in parameter.Value.Span)
                v += (float)random.NextNormal() * 0.2f;
    }

    private LoraFactors Factors(bool zeroB)
    {
        var random = new SeededRandom(8);
        var f = new LoraFactors(model.Transformer.Linears.First(l => l.Role == "q_proj"), 4, 2);
        foreach (ref var v in f.A.Value.Span)
            v = (float)random.NextNormal() * 0.2f;
        if (!zeroB)
            foreach (ref var v in f.B.Value.Span)
                v = (float)random.NextNormal() * 0.2f;
        return f;
    }

    private static Tensor Random(Graph graph, int columns)
    {
        var x = graph.Persistent.Matrix(3, columns);
        var random = new SeededRandom(5);
        foreach (ref var v in x.Span)
            v = (float)random.NextNormal();
        return x;
    }
}
