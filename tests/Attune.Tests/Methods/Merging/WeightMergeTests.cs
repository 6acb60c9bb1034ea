using Attune.Methods.Adapters;
using Attune.Methods.Merging;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Merging;

public class WeightMergeTests
{
    private const string Map = "model.layers.1.self_attn.v_proj";

    [Fact]
    public void Of_ASiteBesideTheMap_IsTheWeightPlusItsMatrix()
    {
        using var model = TinyModels.Language();
        var module = model.Transformer.Linears.Single(l => l.Name == Map);
        using var added = new Parameter("added", module.Outputs, module.Inputs);
        Fill(added.Value, 1);
        var sites = new SiteSet(model.Transformer, "test");
        sites.Add(module, new Beside(added));
        var change = Assert.Single(WeightMerge.Of(sites, model.Transformer));
        Assert.Equal(Map + ".weight", change.Name);
        Assert.Equal([module.Outputs, module.Inputs], change.Shape);
        var merged = change.Values();
        var row = new float[module.Inputs];
        for (var o = 0; o < module.Outputs; o++)
        {
            module.Weight.ReadRow(o, row);
            for (var i = 0; i < module.Inputs; i++)
                Assert.Equal(row[i] + added.Value[o][i], merged[o * module.Inputs + i], 1e-5f);
        }
    }

    [Fact]
    public void Of_EverythingReplaced_IsTheReplacement()
    {
        using var model = TinyModels.Language();
        var sites = new SiteSet(model.Transformer, "test");
        var parameters = TrainedModule.AttachAll(model.Transformer, sites);
        foreach (var parameter in parameters)
            for (var i = 0; i < parameter.Count; i++)
                parameter.Value.Span[i] += 0.25f;
        var changes = WeightMerge.Of(sites, model.Transformer).ToDictionary(c => c.Name);
        // The head is tied: it is stored by itself, since its site was its own.
        Assert.Equal(parameters.Select(p => p.Name).Append("lm_head.weight").Order(StringComparer.Ordinal), changes.Keys.Order(StringComparer.Ordinal));
        foreach (var parameter in parameters)
        {
            var merged = changes[parameter.Name].Values();
            for (var i = 0; i < merged.Length; i++)
                Assert.Equal(parameter.Value.Span[i], merged[i], 1e-5f);
        }
    }

    [Fact]
    public void Of_WhatIsNoMatrix_IsRefused()
    {
        using var model = TinyModels.Language();
        var module = model.Transformer.Linears.Single(l => l.Name == Map);
        foreach (var (site, expected) in new (IWeightSite, string)[] { (new Squared(), "does not act on"), (new Shifted(), "adds a bias") })
        {
            var sites = new SiteSet(model.Transformer, "test");
            sites.Add(module, site);
            Assert.Contains(expected, Assert.Throws<AttuneException>(() => WeightMerge.Of(sites, model.Transformer)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_WhatActsElsewhere_OrNowhere_IsRefused()
    {
        using var model = TinyModels.Language();
        var sites = new SiteSet(model.Transformer, "test");
        Assert.Contains("nothing to merge", Assert.Throws<AttuneException>(() => WeightMerge.Of(sites, model.Transformer)).Message, StringComparison.Ordinal);
        sites.Add(ActivationPoint.BlockOutput, 0, new Nothing());
        Assert.Contains("more than weights", Assert.Throws<AttuneException>(() => WeightMerge.Of(sites, model.Transformer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_OfAModelWithItself_IsNone()
    {
        using var a = TinyModels.Language();
        using var b = TinyModels.Language();
        using var other = TinyModels.Language(seed: 5);
        Assert.Equal(0, LogitDifference.Between(a.Transformer, null, b.Transformer).Largest);
        Assert.True(LogitDifference.Between(a.Transformer, null, other.Transformer) is { Largest: > 0.1, Positions: 24, SameBest: < 24 });
    }

    private static void Fill(Tensor tensor, ulong seed)
    {
        var random = new SeededRandom(seed);
        foreach (ref var v in tensor.Span)
            v = (float)random.NextNormal();
    }

    private sealed class Beside(Parameter added) : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => graph.Add(module.Base(graph, x, sites), graph.Product(x, graph.Use(added)));
    }

    private sealed class Squared : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
        {
            var y = module.Base(graph, x, sites);
            foreach (ref var v in y.Span)
                v += v * v;
            return y;
        }
    }

    private sealed class Shifted : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
        {
            var y = module.Base(graph, x, sites);
            foreach (ref var v in y.Span)
                v += 1;
            return y;
        }
    }

    private sealed class Nothing : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch) => value;
    }
}
