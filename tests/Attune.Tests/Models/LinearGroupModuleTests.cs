using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;
using Attune.Tests.Tensors;

namespace Attune.Tests.Models;

/// <summary>A group of maps gives what its maps give one by one, whatever hangs on them.</summary>
public sealed class LinearGroupModuleTests : IDisposable
{
    private const int Inputs = 64;
    private static readonly WeightFormat[] Formats = [WeightFormat.Q8_0, WeightFormat.F32, WeightFormat.Q4_1];

    private readonly LanguageModel model = TinyModels.Language();
    private readonly SeededRandom random = new(71);
    private readonly VectorModule[] biases;
    private readonly LinearModule[] modules;

    public LinearGroupModuleTests()
    {
        // The second map has no bias.
        biases = [.. Formats.Select((_, i) => new VectorModule($"map{i}.bias", i, TestTensors.Normal(random, 20 + 13 * i)))];
        modules = [.. Formats.Select((f, i) => new LinearModule($"map{i}", i, 0, RandomWeights.Create(f, 20 + 13 * i, Inputs, random), i == 1 ? null : biases[i]))];
    }

    public void Dispose()
    {
        foreach (var bias in biases)
            bias.Dispose();
        foreach (var module in modules)
            module.Weight.Dispose();
        model.Dispose();
    }

    [Theory]
    [InlineData(Precision.Exact, false), InlineData(Precision.Exact, true), InlineData(Precision.Fast, false), InlineData(Precision.Fast, true)]
    public void Apply_WithOrWithoutSites_EqualsTheMapsOneByOne(Precision precision, bool recording)
    {
        var weightSite = new SiteSet(model.Transformer, "weight");
        weightSite.Add(modules[0], new Doubled());
        var vectorSite = new SiteSet(model.Transformer, "vector");
        vectorSite.Add(biases[2], new Negated());
        foreach (var rows in (int[])[1, 2, 40])
        {
            var x = TestTensors.Normal(random, rows * Inputs);
            foreach (var sites in (SiteSet?[])[null, new SiteSet(model.Transformer, ""), weightSite, vectorSite])
            {
                using var graph = new Graph(recording) { Precision = precision };
                var outputs = Grouped(graph, x, sites);
                for (var i = 0; i < modules.Length; i++)
                    FastPrecisionCases.AssertSameBits(
                        modules[i].Apply(graph, TestTensors.Constant(graph, x, rows, Inputs), sites).Span.ToArray(),
                        outputs[i].Span.ToArray(), $"{rows} rows, {sites?.StateKey}, map {i}");
            }
        }
    }

    [Fact]
    public void Apply_WeightAndVectorSites_DoWhatTheySay()
    {
        var x = TestTensors.Normal(random, 3 * Inputs);
        var sites = new SiteSet(model.Transformer, "both");
        sites.Add(modules[0], new Doubled());
        sites.Add(biases[2], new Negated());
        using var graph = new Graph(recording: false);
        var outputs = Grouped(graph, x, sites);
        for (var i = 0; i < modules.Length; i++)
        {
            // One product alone, the bias behind it; the site of map 0 doubles both.
            var product = FastPrecisionCases.Linear(modules[i].Weight, x, Precision.Exact);
            var bias = biases[i].Value.Span.ToArray();
            for (var j = 0; j < product.Length; j++)
            {
                var b = bias[j % bias.Length];
                var expected = i switch { 0 => 2 * (product[j] + b), 1 => product[j], _ => product[j] - b };
                Assert.Equal(expected, outputs[i].Span[j]);
            }
        }
    }

    private Tensor[] Grouped(Graph graph, float[] x, SiteSet? sites)
    {
        var outputs = new Tensor[modules.Length];
        new LinearGroup(modules).Apply(graph, TestTensors.Constant(graph, x, x.Length / Inputs, Inputs), sites, outputs);
        return outputs;
    }

    private sealed class Doubled : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => graph.Scale(module.Base(graph, x, sites), 2);
    }

    private sealed class Negated : IVectorSite
    {
        public Tensor Vector(Graph graph, VectorModule module) => graph.Scale(module.Value, -1);
    }
}
