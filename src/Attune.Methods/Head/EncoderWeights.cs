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
        weights.parameters.AddRange(Maps(model).Select(l => TrainedModule.Of(l).Parameter));
        weights.parameters.AddRange(model.StateVectors.Select(v => TrainedModule.Of(v).Parameter));
        return weights;
    }

    /// <summary>Sites of the encoder with these weights in place of its own.</summary>
    /// <exception cref="AttuneException">The encoder has other matrices.</exception>
    public SiteSet Attach(TransformerModel model)
    {
        var sites = new SiteSet(model, "tuned encoder");
        var byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var wanted = Maps(model).Select(l => l.Name + ".weight").Concat(model.StateVectors.Select(v => v.Name)).ToHashSet(StringComparer.Ordinal);
        if (!wanted.SetEquals(byName.Keys))
            throw new AttuneException($"the tuned weights are {byName.Count} tensors that are not the {wanted.Count} of this encoder; give the encoder that they were tuned from");
        foreach (var linear in Maps(model))
            sites.Add(linear, TrainedModule.Of(Fitting(byName[linear.Name + ".weight"], linear.Outputs, linear.Inputs, linear.Name)));
        foreach (var vector in model.StateVectors)
            sites.Add(vector, TrainedModule.Of(Fitting(byName[vector.Name], vector.Rows, vector.Length / vector.Rows, vector.Name)));
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

    /// <summary>The maps with a weight of their own; a pooler or head behind the states has no say in embeddings, a language model's head neither.</summary>
    private static IEnumerable<LinearModule> Maps(TransformerModel model) => model.StateLinears.Where(l => l.Tied is null && (model is EncoderModel || l.Layer >= 0));

    private static Parameter Fitting(Parameter p, int rows, int columns, string name) => p.Rows == rows && p.Columns == columns ? p
        : throw new AttuneException($"the tuned weights for '{name}' are [{p.Rows}, {p.Columns}], but the encoder has [{rows}, {columns}]; give the encoder that they were tuned from");
}
