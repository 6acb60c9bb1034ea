using System.Text.Json.Nodes;
using Attune.Methods.Adapters;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Adapters beside PEFT: what they compute attached and merged, their gradients, five steps of training, and the files they are written to.</summary>
[Trait("Category", "Goldens")]
public sealed class AdapterGoldenTests
{
    private const double LogitTolerance = 3e-5, TraceTolerance = 2e-5;

    public static TheoryData<string> Folders => AdapterGolden.Names();

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Attach_GoldenRows_LogitsAndLoss(string name)
    {
        using var golden = AdapterGolden.Open(name);
        using var adapter = golden.Read();
        var sites = new SiteSet(golden.Model, "golden");
        adapter.Attach(sites);
        using var graph = new Graph(recording: false);
        var pass = golden.Pass(graph, sites, adapter);
        Near(name, "logits", pass.Difference("logits"), LogitTolerance);
        Near(name, "loss", Math.Abs(pass.Loss.Span[0] - golden.Tensors.Floats("loss")[0]), TraceTolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Fix_GoldenRows_SameLogits(string name)
    {
        using var golden = AdapterGolden.Open(name);
        using var adapter = golden.Read();
        var sites = new SiteSet(golden.Model, "golden");
        adapter.Fix();
        adapter.Attach(sites);
        using var graph = new Graph(recording: false);
        Near(name, "logits", golden.Pass(graph, sites, null, adapter).Difference("logits"), LogitTolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Merge_GoldenRows_LogitsOrAReason(string name)
    {
        using var golden = AdapterGolden.Open(name);
        using var adapter = golden.Read();
        if (golden.MergedDifference is null)
        {
            Assert.Contains("merge", Assert.Throws<AttuneException>(adapter.Merge).Message, StringComparison.Ordinal);
            return;
        }
        using var merged = adapter.Merge();
        var sites = new SiteSet(golden.Model, "golden");
        foreach (var linear in golden.Model.Linears)
            if (merged.Changed(linear) is { } weight)
                sites.Add(linear, TrainedModule.Of(weight));
        foreach (var table in golden.Model.Tables)
            if (merged.Changed(table) is { } rows)
                sites.Add(table, TrainedModule.Of(rows));
        foreach (var vector in golden.Model.Vectors)
            if (merged.Changed(vector) is { } values)
                sites.Add(vector, TrainedModule.Of(values));
        using var graph = new Graph(recording: false);
        Near(name, "merged logits", golden.Pass(graph, sites, null, adapter).Difference(golden.Tensors.Has("logits_merged") ? "logits_merged" : "logits"), LogitTolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Backward_GoldenLoss_GradientsOfEveryParameter(string name)
    {
        using var golden = AdapterGolden.Open(name);
        using var adapter = golden.Read();
        var sites = new SiteSet(golden.Model, "golden");
        adapter.Attach(sites);
        using var graph = new Graph(recording: true);
        graph.Backward(golden.Pass(graph, sites, adapter).Loss);
        adapter.AfterBackward();
        var byName = adapter.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        Assert.Equal(golden.GradientNorms.Keys.Order(StringComparer.Ordinal), byName.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, norm) in golden.GradientNorms)
            Near(name, $"norm of {key}", Math.Abs(Norm(byName[key].Gradient.Span) - norm), 1e-4 * norm + 1e-6);
        foreach (var key in golden.Tensors.Names.Where(n => n.StartsWith("grad.", StringComparison.Ordinal)))
        {
            var expected = golden.Tensors.Floats(key);
            var actual = byName[key[5..]].Gradient.Span.ToArray();
            Near(name, key, expected.Zip(actual).Max(p => Math.Abs((double)p.First - p.Second)), 1e-5 * Math.Max(1, expected.Max(Math.Abs)));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Train_FiveSteps_LossesOfTheTrace(string name)
    {
        using var golden = AdapterGolden.Open(name);
        Skip.IfNot(golden.Tensors.Has("loss_trace"), $"{name} has no trace of training");
        using var adapter = golden.Read();
        var sites = new SiteSet(golden.Model, "golden");
        adapter.Attach(sites);
        using var optimizer = new AdamW(new AdamOptions());
        foreach (var parameter in adapter.Parameters)
            optimizer.Add(parameter);
        using var graph = new Graph(recording: true);
        var trace = golden.Tensors.Floats("loss_trace");
        for (var step = 0; step < trace.Length; step++)
        {
            graph.Reset();
            foreach (var parameter in adapter.Parameters)
                parameter.ClearGradient();
            var loss = golden.Pass(graph, sites, adapter).Loss;
            Near(name, $"loss {step}", Math.Abs(loss.Span[0] - trace[step]), TraceTolerance);
            graph.Backward(loss);
            adapter.AfterBackward();
            for (var i = 0; i < adapter.Parameters.Count; i++)
                optimizer.Step(i, adapter.Parameters[i], 0.01);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Write_AfterRead_SameNamesShapesNumbersAndConfiguration(string name)
    {
        using var golden = AdapterGolden.Open(name);
        using var adapter = golden.Read();
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            adapter.Write(folder);
            var copy = PeftFolder.Read(folder);
            Assert.True(JsonNode.DeepEquals(golden.Peft.Configuration, copy.Configuration));
            Assert.Equal(golden.Peft.Configuration.Select(p => p.Key), copy.Configuration.Select(p => p.Key));
            Same(golden.Peft.Tensors, copy.Tensors);
            Same(golden.Peft.State, copy.State);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Read_UnknownKeyTensorOrShape_IsRefusedByName(string name)
    {
        using var golden = AdapterGolden.Open(name);
        Refused(golden, f => f.Configuration["brand_new_key"] = true, "brand_new_key");
        Refused(golden, f => f.Tensors.Add("base_model.model.nowhere.lora_X", PeftTensor.Of("base_model.model.nowhere.lora_X", [1], [0])), "nowhere.lora_X");
        var last = golden.Peft.Tensors.Values.Last();
        Refused(golden, f => f.Tensors.Remove(last.Name), last.Name);
        if (!last.HasIntegers)
            Refused(golden, f => f.Tensors[last.Name] = PeftTensor.Of(last.Name, [.. last.Shape.Select(a => a + 1)], new float[last.Shape.Aggregate(1, (a, b) => a * (b + 1))]), last.Name);
    }

    private static void Refused(AdapterGolden golden, Action<PeftFolder> spoil, string named)
    {
        var copy = new PeftFolder((JsonObject)golden.Peft.Configuration.DeepClone(), golden.Peft.Tensors.Values, golden.Peft.State.Values) { Path = golden.Peft.Path };
        spoil(copy);
        Assert.Contains(named, Assert.Throws<AttuneException>(() => AdapterKinds.Read(copy, golden.Model)).Message, StringComparison.Ordinal);
    }

    private static void Same(OrderedDictionary<string, PeftTensor> expected, OrderedDictionary<string, PeftTensor> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (key, tensor) in expected)
        {
            Assert.Equal((tensor.Type, tensor.ShapeText), (actual[key].Type, actual[key].ShapeText));
            if (tensor.HasIntegers)
                Assert.Equal(tensor.Integers.ToArray(), actual[key].Integers.ToArray());
            else
                Assert.Equal(tensor.Floats.ToArray(), actual[key].Floats.ToArray());
        }
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var v in values)
            sum += (double)v * v;
        return Math.Sqrt(sum);
    }

    private static void Near(string name, string what, double error, double tolerance) =>
        Assert.True(error <= tolerance, FormattableString.Invariant($"{name}, {what}: error {error:g3}, tolerance {tolerance:g2}"));
}
