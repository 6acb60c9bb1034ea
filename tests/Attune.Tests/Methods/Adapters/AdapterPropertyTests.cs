using Attune.Data;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Adapters;

/// <summary>What must hold of every method that trains an adapter, on a tiny model, without goldens.</summary>
public sealed class AdapterPropertyTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Language(context: 2048);
    private readonly TaskSpec task;
    private readonly IReadOnlyList<Example> rows;

    public AdapterPropertyTests() => (task, rows) = TinyModels.Task(16);

    public static TheoryData<string> Names => [.. Catalog.All.Where(m => m.DefaultOptions is AdapterOptions).Select(m => m.Card.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_OfShakenParameters_EqualsCentralDifferences(string name)
    {
        using var adapter = Shaken(name);
        // DoRA's norms count as constants: its gradient is not the loss's. DEFT's relu has none at zero, near which its entries lie: see RotationKindTests.
        if (name is not ("dora" or "deft"))
            GradientCheck.Run(Context(), model, adapter, rows);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Merge_OfShakenParameters_ComputesTheSameOrSaysWhyNot(string name)
    {
        using var adapter = Shaken(name);
        MergedWeights merged;
        try
        {
            merged = adapter.Merge();
        }
        catch (AttuneException e)
        {
            Assert.Contains("cannot be merged", e.Message, StringComparison.Ordinal);
            return;
        }
        var (attached, replaced) = (new SiteSet(model.Transformer, "a"), new SiteSet(model.Transformer, "b"));
        adapter.Attach(attached);
        foreach (var linear in model.Transformer.Linears)
            if (merged.Changed(linear) is { } weight)
                replaced.Add(linear, TrainedModule.Of(weight));
        foreach (var table in model.Transformer.Tables)
            if (merged.Changed(table) is { } numbers)
                replaced.Add(table, TrainedModule.Of(numbers));
        foreach (var vector in model.Transformer.Vectors)
            if (merged.Changed(vector) is { } numbers)
                replaced.Add(vector, TrainedModule.Of(numbers));
        var (expected, actual) = (Logits(attached), Logits(replaced));
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4f);
        merged.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_AndRead_IsTheSameAdapter(string name)
    {
        using var adapter = Shaken(name);
        adapter.BeforeStep();
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            adapter.Write(folder);
            using var copy = AdapterKinds.Read(PeftFolder.Read(folder), model.Transformer);
            Assert.Equal(adapter.Parameters.Select(p => p.Name), copy.Parameters.Select(p => p.Name));
            var (a, b) = (new SiteSet(model.Transformer, "a"), new SiteSet(model.Transformer, "b"));
            adapter.Attach(a);
            copy.Attach(b);
            Assert.Equal(Logits(a), Logits(b));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => model.Dispose();

    private FitContext Context() => new() { Task = task, Examples = rows, Model = model, Seed = 3 };

    /// <summary>The adapter of a short fit, its parameters moved so that every one has an effect.</summary>
    private PeftAdapter Shaken(string name)
    {
        var method = Catalog.Get(name);
        var fitted = method.Fit(Context(), (AdapterOptions)method.DefaultOptions with { MaxSteps = 1, HoldOut = 0 });
        var adapter = AdapterKinds.Read(fitted.Interventions.OfType<AdapterIntervention>().Single().Folder, model.Transformer);
        var random = new SeededRandom(8);
        foreach (var parameter in adapter.Parameters)
            foreach (ref var v in parameter.Value.Span)
                v += (float)random.NextNormal() * 0.1f;
        return adapter;
    }

    private float[] Logits(SiteSet sites)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        SiteSet.Place(sites, batch, [5, 80, 33, 120, 7]);
        return model.Transformer.Logits(graph, model.Transformer.Forward(graph, batch, sites), batch, sites).Span.ToArray();
    }
}
