using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Shira"/>.</summary>
public sealed record ShiraOptions : AdapterOptions
{
    [Option("r: a map of [out, in] has r·(out + in) trained entries, as many as LoRA of that rank")]
    public int Rank { get; init; } = 8;
}

/// <summary>SHiRA (Bhardwaj et al. 2024, section 3): W + S, where S is sparse: its entries stand at fixed random places and are all that is trained.</summary>
public sealed class Shira : AdapterMethod<ShiraOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "shira",
        Summary = "Trains one or two percent of the entries of frozen matrices, at random places.",
        Paper = "Bhardwaj et al., Sparse High Rank Adapters, NeurIPS 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "SHIRA";

    public PeftAdapter Read(AdapterReader reader)
    {
        reader.Positive("r");
        reader.Ignore("fan_in_fan_out", "init_weights", "mask_type", "random_seed");
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            var values = reader.Trained(target, "shira_weight", -1);
            var places = reader.Take(AdapterReader.NameOf(target, "shira_indices"));
            if (places.Shape.Count != 2 || places.Shape[0] != 2 || places.Shape[1] != values.Count)
                throw reader.Refused($"has the places {places.ShapeText} for {values.Count} values of '{target.Name}'; expected [2, {values.Count}]");
            reader.Add(w, new Change(w, values, Flat(reader, target, w, places.Integers)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, ShiraOptions options)
    {
        RequirePositive("rank", options.Rank);
        (start.Configuration["r"], start.Configuration["mask_type"]) = (options.Rank, "random");
        var random = start.Context.Random("shira");
        foreach (var w in start.Linears)
        {
            var count = (int)Math.Min((long)options.Rank * (w.Inputs + w.Outputs), (long)w.Inputs * w.Outputs);
            var chosen = new SortedSet<int>();
            while (chosen.Count < count)
                chosen.Add(random.Next(w.Inputs * w.Outputs));
            start.AddIntegers(AdapterStart.NameOf(w, "shira_indices"), [2, count], [.. chosen.Select(p => (long)(p / w.Inputs)), .. chosen.Select(p => (long)(p % w.Inputs))]);
            start.Fill(AdapterStart.NameOf(w, "shira_weight"), 0, count);
        }
    }

    /// <summary>For each entry of the weight the number of its value, or −1.</summary>
    private static int[] Flat(AdapterReader reader, AdapterTarget target, LinearModule w, ReadOnlySpan<long> places)
    {
        var flat = new int[w.Outputs * w.Inputs];
        Array.Fill(flat, -1);
        var count = places.Length / 2;
        for (var i = 0; i < count; i++)
        {
            var (row, column) = (places[i], places[count + i]);
            if (row < 0 || row >= w.Outputs || column < 0 || column >= w.Inputs || flat[row * w.Inputs + column] >= 0)
                throw reader.Refused(FormattableString.Invariant($"has the place ({row}, {column}) in '{target.Name}', which is outside [{w.Outputs}, {w.Inputs}] or there twice; it was made for another model"));
            flat[row * w.Inputs + column] = i;
        }
        return flat;
    }

    private sealed class Change(LinearModule module, Parameter values, int[] places) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.GatherElements(graph.Use(values), places, Module.Outputs, Module.Inputs);
    }
}
