using System.Text.Json.Nodes;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Kinds that turn weights, and those that change biases, by hand-worked cases and properties.</summary>
public sealed class RotationKindTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Of(Biased());

    [Fact]
    public void Cayley_OfAHalf_IsThreeFourFive()
    {
        using var graph = new Graph(recording: false);
        var skew = graph.Arena.Matrix(2, 2);
        float[] q = [0, 0.5f, -0.5f, 0];
        q.CopyTo(skew.Span);
        var r = BlockRotation.Cayley(graph, skew).Span.ToArray();
        Assert.Equal([0.6f, -0.8f, 0.8f, 0.6f], r.Select(v => MathF.Round(v, 6)));
    }

    [Theory]
    [InlineData(0, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 })]
    [InlineData(1, new[] { 0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15 })]
    [InlineData(2, new[] { 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15 })]
    public void Permutation_OfBlocksOfFour_PutsEvenChunksFirst(int factor, int[] expected) =>
        Assert.Equal(expected, Boft.Permutation(16, 4, factor));

    [Theory]
    [InlineData(32, 8, 8)]
    [InlineData(32, 40, 32)]
    [InlineData(32, 12, 8)]
    [InlineData(30, 7, 6)]
    [InlineData(30, 9, 10)]
    public void Divisor_NextToANumber_IsTheNearest(int n, int wanted, int expected) => Assert.Equal(expected, Oft.Divisor(n, wanted));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Boft_SeveralRotations_KeepTheLengthsOfRows(int factors)
    {
        using var adapter = new Boft().Start(Context(), model, new BoftOptions { BlockSize = 4, Factors = factors });
        foreach (var parameter in adapter.Parameters.Where(p => p.Name.EndsWith("boft_R", StringComparison.Ordinal)))
            Shake(parameter);
        using var merged = adapter.Merge();
        var module = model.Transformer.Linears.First(l => l.Role == "q_proj");
        var row = new float[module.Inputs];
        for (var o = 0; o < module.Outputs; o++)
        {
            module.Weight.ReadRow(o, row);
            var turned = merged.Changed(module)!.Value[o].ToArray();
            Assert.NotEqual(row, turned);
            Assert.Equal(row.Sum(v => (double)v * v), turned.Sum(v => (double)v * v), 1e-4);
        }
        Same(adapter);
    }

    [Fact]
    public void Oft_Constrained_StaysWithinItsBound()
    {
        using var first = new Oft().Start(Context(), model, new OftOptions { BlockSize = 8, Neumann = false });
        first.Parameters.ToList().ForEach(Shake);
        var folder = first.ToFolder();
        (folder.Configuration["coft"], folder.Configuration["eps"]) = (true, 0.5);
        using var adapter = AdapterKinds.Read(folder, model.Transformer);
        adapter.BeforeStep();
        // Four blocks share the bound; each element stands in the skew matrix twice.
        foreach (var parameter in adapter.Parameters)
            for (var block = 0; block < parameter.Rows; block++)
                Assert.Equal(0.25, Math.Sqrt(parameter.Value[block].ToArray().Sum(v => 2.0 * v * v)), 1e-6);
    }

    /// <summary>The model's queries have biases, which RoAd turns and GLoRA shifts.</summary>
    [Theory]
    [InlineData("road")]
    [InlineData("glora")]
    [InlineData("boft")]
    [InlineData("deft")]
    [InlineData("oft")]
    public void Merge_OfMapsWithBiases_ComputesTheSame(string name)
    {
        var method = Catalog.Get(name);
        var (task, rows) = TinyModels.Task(8);
        var fitted = method.Fit(new FitContext { Task = task, Examples = rows, Model = model, Seed = 3 }, (AdapterOptions)method.DefaultOptions with { MaxSteps = 1, HoldOut = 0 });
        using var adapter = AdapterKinds.Read(fitted.Interventions.OfType<AdapterIntervention>().Single().Folder, model.Transformer);
        foreach (var parameter in adapter.Parameters)
            Shake(parameter);
        Same(adapter);
    }

    [Fact]
    public void Deft_AwayFromTheKinkOfItsRelu_GradientsEqualCentralDifferences()
    {
        using var adapter = new Deft().Start(Context(), model, new DeftOptions { Rank = 4 });
        foreach (var parameter in adapter.Parameters)
            foreach (ref var v in parameter.Value.Span)
                v += v < 0 ? -0.1f : 0.1f;
        GradientCheck.Run(Context(), model, adapter, Context().Examples);
    }

    [Fact]
    public void VbLora_TrainedAfterReading_WritesTheWeightsOfItsLogits()
    {
        using var full = new VbLora().Start(Context(), model, new VbLoraOptions { Vectors = 6, VectorLength = 8, TopK = 3, Rank = 2 });
        var folder = full.ToFolder();
        var configuration = (JsonObject)folder.Configuration.DeepClone();
        configuration["save_only_topk_weights"] = true;
        using var few = AdapterKinds.Read(new PeftFolder(configuration, folder.Tensors.Values.SelectMany(Best), folder.Tensors.Values.Where(t => t.Shape.Count == 3)), model.Transformer);
        foreach (var parameter in few.Parameters)
            Shake(parameter);
        var written = few.ToFolder();
        using var again = AdapterKinds.Read(new PeftFolder(configuration, written.Tensors.Values), model.Transformer);
        var (a, b) = (new SiteSet(model.Transformer, "a"), new SiteSet(model.Transformer, "b"));
        few.Attach(a);
        again.Attach(b);
        Near(Logits(a), Logits(b));
    }

    [Fact]
    public void VbLora_BestWeightsOnly_ComputeTheSameAsTheLogits()
    {
        using var full = new VbLora().Start(Context(), model, new VbLoraOptions { Vectors = 6, VectorLength = 8, TopK = 3, Rank = 2 });
        var folder = full.ToFolder();
        var configuration = (JsonObject)folder.Configuration.DeepClone();
        configuration["save_only_topk_weights"] = true;
        var few = AdapterKinds.Read(new PeftFolder(configuration, folder.Tensors.Values.SelectMany(Best)), model.Transformer);
        var (a, b) = (new SiteSet(model.Transformer, "a"), new SiteSet(model.Transformer, "b"));
        full.Attach(a);
        few.Attach(b);
        Near(Logits(a), Logits(b));
        few.Dispose();
    }

    public void Dispose() => model.Dispose();

    /// <summary>The three largest logits of each row as weights without the last, and their places.</summary>
    private static IEnumerable<PeftTensor> Best(PeftTensor tensor)
    {
        if (tensor.Shape.Count < 3)
            return [tensor];
        var (weights, places) = (new List<float>(), new List<long>());
        foreach (var row in tensor.Floats.ToArray().Chunk(tensor.Shape[2]))
        {
            int[] best = [.. Enumerable.Range(0, row.Length).OrderByDescending(i => row[i]).Take(3)];
            var sum = best.Sum(i => Math.Exp(row[i]));
            weights.AddRange(best.Take(2).Select(i => (float)(Math.Exp(row[i]) / sum)));
            places.AddRange(best.Select(i => (long)i));
        }
        return
        [
            PeftTensor.Of(tensor.Name + "_topk_weights", [tensor.Shape[0], tensor.Shape[1], 2], [.. weights]),
            PeftTensor.OfIntegers(tensor.Name + "_topk_indices", Attune.Models.Files.TensorType.U8, [tensor.Shape[0], tensor.Shape[1], 3], [.. places]),
        ];
    }

    private static JsonObject Biased()
    {
        var configuration = TinyModels.Configuration(2048);
        configuration["model_type"] = "qwen2";
        return configuration;
    }

    private static void Shake(Parameter parameter)
    {
        var random = new SeededRandom(8);
        foreach (ref var v in parameter.Value.Span)
            v += (float)random.NextNormal() * 0.3f;
    }

    private FitContext Context()
    {
        var (task, rows) = TinyModels.Task(8);
        return new() { Task = task, Examples = rows, Model = model, Seed = 3 };
    }

    private void Same(PeftAdapter adapter)
    {
        using var merged = adapter.Merge();
        var (attached, replaced) = (new SiteSet(model.Transformer, "a"), new SiteSet(model.Transformer, "b"));
        adapter.Attach(attached);
        foreach (var linear in model.Transformer.Linears)
            if (merged.Changed(linear) is { } weight)
                replaced.Add(linear, TrainedModule.Of(weight));
        foreach (var vector in model.Transformer.Vectors)
            if (merged.Changed(vector) is { } values)
                replaced.Add(vector, TrainedModule.Of(values));
        Near(Logits(attached), Logits(replaced));
    }

    private static void Near(float[] expected, float[] actual) => Assert.True(expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second)) < 1e-4f);

    private float[] Logits(SiteSet sites)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        SiteSet.Place(sites, batch, [5, 80, 33, 120, 7]);
        return model.Transformer.Logits(graph, model.Transformer.Forward(graph, batch, sites), batch, sites).Span.ToArray();
    }
}
