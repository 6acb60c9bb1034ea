using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Supertuning"/>.</summary>
public sealed record SupertuningOptions : AdapterOptions
{
    [Option("share of the entries that stay as they are")]
    public double Sparsity { get; init; } = 0.99;

    [Option("train the largest entries; otherwise the smallest")]
    public bool Largest { get; init; } = true;
}

/// <summary>Super-Tuning (arXiv 2607.09287): W + S, where S is zero but at the entries in which W is largest by magnitude; those are trained.</summary>
public sealed class Supertuning : AdapterMethod<SupertuningOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "supertuning",
        Summary = "Trains the one percent of frozen matrices' entries that are largest.",
        Paper = "Super-Tuning, arXiv 2607.09287, 2026",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "SUPERTUNING";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (sparsity, largest, saved) = (reader.Number("sparsity", 0.99), reader.Flag("select_top", true), reader.Flag("save_precomputed_indices", true));
        reader.Require("r");
        reader.Ignore("init_weights", "lora_alpha", "lora_dropout");
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            var count = Count(w, sparsity);
            if (count < 1)
                throw reader.Refused($"leaves no entry of '{target.Name}' [{w.Outputs}, {w.Inputs}] to be trained; it was made for another model");
            var values = reader.Trained(target, "supertuning_values", count);
            reader.Add(w, new Change(w, values, Entries(reader, target, count, saved ? Indices(reader, target, count) : Chosen(w, count, largest))));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, SupertuningOptions options)
    {
        if (options.Sparsity is not (>= 0 and < 1) || start.Linears.Any(l => Count(l, options.Sparsity) < 1))
            throw new AttuneException(FormattableString.Invariant($"supertuning: sparsity is {options.Sparsity}; it must be at least 0 and leave every map an entry to train"));
        var c = start.Configuration;
        (c["sparsity"], c["select_top"], c["save_precomputed_indices"]) = (options.Sparsity, options.Largest, true);
        foreach (var w in start.Linears)
        {
            var chosen = Chosen(w, Count(w, options.Sparsity), options.Largest);
            start.Fill(AdapterStart.NameOf(w, "supertuning_values"), 0, chosen.Length);
            start.AddIntegers(AdapterStart.NameOf(w, "supertuning_indices"), [chosen.Length], chosen);
        }
    }

    private static int Count(LinearModule w, double sparsity) => (int)((double)w.Outputs * w.Inputs * (1 - sparsity));

    private static long[] Indices(AdapterReader reader, AdapterTarget target, int count)
    {
        var indices = reader.Take(AdapterReader.NameOf(target, "supertuning_indices"));
        return indices.Shape is [var n] && n == count ? indices.Integers.ToArray()
            : throw reader.Refused(FormattableString.Invariant($"has the tensor '{indices.Name}' with shape {indices.ShapeText}, expected [{count}]; it was made for another model"));
    }

    /// <summary>The entries of largest or smallest magnitude, in that order, by their place row after row.</summary>
    private static long[] Chosen(LinearModule w, int count, bool largest)
    {
        var scores = new float[w.Outputs * w.Inputs];
        for (var o = 0; o < w.Outputs; o++)
            w.Weight.ReadRow(o, scores.AsSpan(o * w.Inputs, w.Inputs));
        long[] places = [.. Enumerable.Range(0, scores.Length).Select(i => (long)i)];
        // The place decides between equals: sorting alone would not.
        Array.Sort(places, (a, b) => (largest ? Math.Abs(scores[b]).CompareTo(Math.Abs(scores[a])) : Math.Abs(scores[a]).CompareTo(Math.Abs(scores[b]))) is var order and not 0 ? order : a.CompareTo(b));
        return places[..count];
    }

    /// <summary>For each entry of the weight the number of its value, or −1.</summary>
    private static int[] Entries(AdapterReader reader, AdapterTarget target, int count, long[] places)
    {
        var w = target.Linear!;
        var entries = new int[w.Outputs * w.Inputs];
        Array.Fill(entries, -1);
        for (var i = 0; i < count; i++)
        {
            if (places[i] < 0 || places[i] >= entries.Length || entries[places[i]] >= 0)
                throw reader.Refused(FormattableString.Invariant($"has the place {places[i]} in '{target.Name}', which is outside its {entries.Length} entries or there twice; it was made for another model"));
            entries[places[i]] = i;
        }
        return entries;
    }

    private sealed class Change(LinearModule module, Parameter values, int[] entries) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.GatherElements(graph.Use(values), entries, Module.Outputs, Module.Inputs);
    }
}
