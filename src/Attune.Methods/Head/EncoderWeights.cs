using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Head;

/// <summary>Weights that stand in place of an encoder's: every matrix and vector of its blocks as a parameter.</summary>
public sealed class EncoderWeights
{
    private const string Prefix = "encoder.";

    private readonly List<Parameter> parameters = [];

    public int Count => parameters.Count;

    public long Parameters => parameters.Sum(p => (long)p.Count);

    public IReadOnlyList<Parameter> All => parameters;

    /// <summary>A copy of the encoder's own weights.</summary>
    public static EncoderWeights CopyOf(TransformerModel model)
    {
        var weights = new EncoderWeights();
        foreach (var linear in model.Linears)
        {
            var p = new Parameter(linear.Name + ".weight", linear.Outputs, linear.Inputs);
            for (var row = 0; row < linear.Outputs; row++)
                linear.Weight.ReadRow(row, p.Value[row]);
            weights.parameters.Add(p);
        }
        foreach (var vector in model.Vectors)
        {
            var p = new Parameter(vector.Name, 1, vector.Length);
            vector.Value.Span.CopyTo(p.Value.Span);
            weights.parameters.Add(p);
        }
        return weights;
    }

    /// <summary>Sites of the encoder with these weights in place of its own.</summary>
    /// <exception cref="AttuneException">The encoder has other matrices.</exception>
    public SiteSet Attach(TransformerModel model)
    {
        var sites = new SiteSet(model, "tuned encoder");
        var byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var wanted = model.Linears.Select(l => l.Name + ".weight").Concat(model.Vectors.Select(v => v.Name)).ToHashSet(StringComparer.Ordinal);
        if (!wanted.SetEquals(byName.Keys))
            throw new AttuneException($"the tuned weights are {byName.Count} tensors that are not the {wanted.Count} of this encoder; give the encoder that they were tuned from");
        foreach (var linear in model.Linears)
            sites.Add(linear, new Replaced(Fitting(byName[linear.Name + ".weight"], linear.Outputs, linear.Inputs, linear.Name), sites));
        foreach (var vector in model.Vectors)
            sites.Add(vector, new ReplacedVector(Fitting(byName[vector.Name], 1, vector.Length, vector.Name)));
        return sites;
    }

    /// <summary>Rounds every value to float16, in which they are saved, so that loading gives the same bits.</summary>
    public void RoundToHalf()
    {
        foreach (var p in parameters)
            foreach (ref var v in p.Value.Span)
                v = (float)(Half)v;
    }

    public void Save(TensorBag tensors)
    {
        foreach (var p in parameters)
            tensors.AddHalf(Prefix + p.Name, p.Value);
    }

    public static EncoderWeights Load(TensorBag tensors)
    {
        var weights = new EncoderWeights();
        foreach (var (name, matrix) in tensors.All)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            var p = new Parameter(name[Prefix.Length..], matrix.Rows, matrix.Columns);
            matrix.Values.CopyTo(p.Value.Span);
            weights.parameters.Add(p);
        }
        return weights;
    }

    private static Parameter Fitting(Parameter p, int rows, int columns, string name) => p.Rows == rows && p.Columns == columns ? p
        : throw new AttuneException($"the tuned weights for '{name}' are [{p.Rows}, {p.Columns}], but the encoder has [{rows}, {columns}]; give the encoder that they were tuned from");

    private sealed class Replaced(Parameter weight, SiteSet sites) : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module)
        {
            var y = graph.Product(x, graph.Use(weight));
            return module.Bias is { } bias ? graph.AddBias(y, bias.Apply(graph, sites)) : y;
        }
    }

    private sealed class ReplacedVector(Parameter vector) : IVectorSite
    {
        public Tensor Vector(Graph graph, VectorModule module) => graph.Use(vector);
    }
}
