using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="WaveFt"/>.</summary>
public sealed record WaveFtOptions : AdapterOptions
{
    [Option("trained coefficients of each map; at most half as many as the smallest map has entries")]
    public int Frequencies { get; init; } = 2592;

    [Option("λ: the inverse transform is multiplied by it")]
    public double Scaling { get; init; } = 25;

    [Option("take the coefficients through the inverse wavelet transform; otherwise they are entries of the delta")]
    public bool Inverse { get; init; } = true;
}

/// <summary>
/// WaveFT (Bilican et al. 2025): W + λ·W⁻¹(D), where D is zero but for trained entries at random places and W⁻¹ one level of the inverse Haar transform in two dimensions: with the quarters
/// A, H (upper right), V (lower left) and X of D, ΔW[2i + p, 2j + q] = λ/2·(A + (−1)^p·H + (−1)^q·V + (−1)^(p+q)·X)[i, j].
/// </summary>
public sealed class WaveFt : AdapterMethod<WaveFtOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "waveft",
        Summary = "Trains a few wavelet coefficients of each delta, at random places.",
        Paper = "Bilican, Yılmaz, Tekalp and Cinbiş, Exploring Sparsity for Parameter Efficient Fine Tuning Using Wavelets, arXiv 2505.12532, 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "WAVEFT";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (places, scaling, inverse) = (new SpectrumPlaces(reader), reader.Number("scaling"), reader.Flag("use_idwt", true));
        reader.Require("bias", "\"none\"");
        reader.Require("proportional_parameters", "false");
        reader.Ignore("fan_in_fan_out", "init_weights");
        if (inverse)
            reader.Require("wavelet_family", "\"db1\"");
        else
            reader.Ignore("wavelet_family");
        var tables = new Dictionary<(int, int, int), int[][]>();
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            var spectrum = reader.Trained(target, "waveft_spectrum", places.Count(target));
            if (!tables.TryGetValue((w.Outputs, w.Inputs, spectrum.Count), out var table))
                tables[(w.Outputs, w.Inputs, spectrum.Count)] = table = inverse ? Quarters(w, places.Of(target)) : [Entries(w.Outputs, w.Inputs, places.Of(target))];
            reader.Add(w, new Change(w, spectrum, table, (float)scaling));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, WaveFtOptions options)
    {
        RequirePositive("frequencies", options.Frequencies);
        SpectrumPlaces.Begin(start, "waveft", options.Frequencies, options.Scaling);
        (start.Configuration["wavelet_family"], start.Configuration["use_idwt"]) = ("db1", options.Inverse);
    }

    /// <summary>For each entry the number of its coefficient, or −1.</summary>
    private static int[] Entries(int rows, int columns, (int Row, int Column)[] places)
    {
        var entries = new int[rows * columns];
        Array.Fill(entries, -1);
        for (var i = 0; i < places.Length; i++)
            entries[places[i].Row * columns + places[i].Column] = i;
        return entries;
    }

    /// <summary>The same for A, H, V and X, each of half as many rows and columns, rounded up.</summary>
    private static int[][] Quarters(LinearModule w, (int Row, int Column)[] places)
    {
        var (rows, columns) = ((w.Outputs + 1) / 2, (w.Inputs + 1) / 2);
        int[][] quarters = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Repeat(-1, rows * columns).ToArray())];
        for (var i = 0; i < places.Length; i++)
        {
            var (row, column) = places[i];
            quarters[2 * (row / rows) + column / columns][row % rows * columns + column % columns] = i;
        }
        return quarters;
    }

    private sealed class Change(LinearModule module, Parameter spectrum, int[][] tables, float scale) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph)
        {
            var c = graph.Use(spectrum);
            if (tables is [var entries])
                return graph.Scale(graph.GatherElements(c, entries, Module.Outputs, Module.Inputs), scale);
            var (rows, columns) = ((Module.Outputs + 1) / 2, (Module.Inputs + 1) / 2);
            Tensor[] quarters = [.. tables.Select(t => graph.GatherElements(c, t, rows, columns))];
            var (even, odd) = (graph.Add(quarters[0], quarters[1]), graph.Subtract(quarters[0], quarters[1]));
            var (evenDetail, oddDetail) = (graph.Add(quarters[2], quarters[3]), graph.Subtract(quarters[2], quarters[3]));
            // Row 2i + p, column 2j + q lies in block 2p + q.
            var blocks = graph.ConcatRows(graph.Add(even, evenDetail), graph.Subtract(even, evenDetail), graph.Add(odd, oddDetail), graph.Subtract(odd, oddDetail));
            var places = new int[Module.Outputs * Module.Inputs];
            for (var o = 0; o < Module.Outputs; o++)
                for (var i = 0; i < Module.Inputs; i++)
                    places[o * Module.Inputs + i] = ((2 * (o % 2) + i % 2) * rows + o / 2) * columns + i / 2;
            return graph.Scale(graph.GatherElements(blocks, places, Module.Outputs, Module.Inputs), scale / 2);
        }
    }
}
