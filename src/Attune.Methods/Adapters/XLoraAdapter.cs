using System.Globalization;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>LoRA adapters that a classifier mixes for each token.</summary>
internal sealed class XLoraAdapter : PeftAdapter
{
    private const string Prefix = "base_model.internal_xlora_classifier.layers.";

    private readonly XLoraSettings settings;
    private readonly IReadOnlyList<(string Folder, PeftAdapter Adapter)> adapters;
    private readonly List<(Parameter Weight, Parameter Bias)> layers = [];
    private readonly LinearModule[] maps;
    private Tensor hidden;

    public XLoraAdapter(AdapterReader reader, XLoraSettings settings, IReadOnlyList<(string Folder, PeftAdapter Adapter)> adapters, int depth, int width)
        : base(reader)
    {
        (this.settings, this.adapters) = (settings, adapters);
        maps = [.. adapters.SelectMany(a => a.Adapter.Changes.Cast<LoraFactors>().Select(f => f.Module)).Distinct().OrderBy(m => m.Index)];
        var outputs = adapters.Count * (settings.Layerwise ? maps.Length : 1);
        for (var i = 0; i < depth; i++)
        {
            // Functions and dropout take numbers too; without dropout every second one is a layer.
            var name = Prefix + (2 * i).ToString(CultureInfo.InvariantCulture) + ".";
            var (inputs, rows) = (i == 0 ? reader.Model.Hidden : width, i == depth - 1 ? outputs : width);
            layers.Add((reader.Trained(name + "weight", rows, inputs), reader.Trained(name + "bias", rows)));
        }
        for (var m = 0; m < maps.Length; m++)
            reader.Add(maps[m], new Mixture(this, m, [.. adapters.Select(a => a.Adapter.Changes.Cast<LoraFactors>().FirstOrDefault(f => f.Module == maps[m]))]));
    }

    /// <summary>The scalings of a map's adapters [tokens, adapters], from the hidden states of the pass that began last.</summary>
    public Tensor Scalings(Graph graph, int map)
    {
        var x = hidden;
        for (var i = 0; i + 1 < layers.Count; i++)
            x = graph.Relu(graph.AddBias(graph.Product(x, graph.Use(layers[i].Weight)), graph.Use(layers[i].Bias)));
        var count = adapters.Count;
        int[] rows = [.. Enumerable.Range(settings.Layerwise ? map * count : 0, count)];
        var (weight, bias) = layers[^1];
        // Of the last layer only this map's rows: a layer of the model may not read what an earlier one computed.
        var scores = graph.AddBias(graph.Product(x, graph.GatherRows(graph.Use(weight), rows)), graph.SliceColumns(graph.Use(bias), rows[0], count));
        if (settings.Softmax)
            scores = graph.Softmax(graph.Scale(scores, (float)(1 / settings.Temperature)));
        return settings.Top is { } top && top < count ? OfTop(graph, scores, top) : settings.SoftmaxOfTop ? graph.Softmax(scores) : scores;
    }

    public override void Attach(SiteSet sites)
    {
        base.Attach(sites);
        sites.ReadsTokens = true;
        sites.Beginning.Add(Read);
    }

    public override MergedWeights Merge() => throw CannotMerge("every token mixes the adapters in another way");

    public override void Write(string folder)
    {
        base.Write(folder);
        foreach (var (name, adapter) in adapters)
            adapter.Write(Path.Combine(folder, name));
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var (_, adapter) in adapters)
            adapter.Dispose();
    }

    /// <summary>The hidden states of the model without adapters, kept for the pass.</summary>
    private void Read(Graph graph, TokenBatch batch)
    {
        if (batch.Segments.Any(s => s.Cache is not null))
            throw new AttuneException("an X-LoRA adapter reads the whole sequence before it acts, and a cached sequence comes in parts; use another adapter for scoring and chat");
        using var first = new Graph(recording: false);
        var states = Model.Forward(first, batch, null);
        hidden = graph.Persistent.Matrix(states.Rows, states.Columns);
        states.Span.CopyTo(hidden.Span);
    }

    /// <summary>The largest of each row; the others are 0.</summary>
    private Tensor OfTop(Graph graph, Tensor scores, int top)
    {
        graph.TopK(scores, top, out var columns);
        var (mask, others) = (graph.Arena.Zeros(scores.Rows, scores.Columns), graph.Arena.Matrix(scores.Rows, scores.Columns));
        others.Span.Fill(float.NegativeInfinity);
        for (var i = 0; i < columns.Length; i++)
            (mask[i / top][columns[i]], others[i / top][columns[i]]) = (1, 0);
        return settings.SoftmaxOfTop ? graph.Softmax(graph.Add(graph.Multiply(scores, mask), others)) : graph.Multiply(scores, mask);
    }

    private sealed class Mixture(XLoraAdapter owner, int map, LoraFactors?[] factors) : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
        {
            var y = module.Base(graph, x, sites);
            var scalings = owner.Scalings(graph, map);
            for (var i = 0; i < factors.Length; i++)
                if (factors[i] is { } f)
                {
                    var scaled = graph.Multiply(x, graph.SliceColumns(scalings, i, 1));
                    y = graph.Add(y, graph.Product(graph.Scale(graph.Product(scaled, f.A.Value), f.Scale * (float)owner.settings.Weight), f.B.Value));
                }
            return y;
        }
    }
}
