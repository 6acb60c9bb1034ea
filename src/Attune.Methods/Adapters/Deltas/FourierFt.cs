using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="FourierFt"/>.</summary>
public sealed record FourierFtOptions : AdapterOptions
{
    public FourierFtOptions() => LearningRate = 5e-3;

    [Option("trained frequencies n of each map; at most half as many as the smallest map has entries")]
    public int Frequencies { get; init; } = 1000;

    [Option("α: the inverse transform is multiplied by it")]
    public double Scaling { get; init; } = 150;
}

/// <summary>
/// FourierFT (Gao et al. 2024, equations 2 to 4): W + α·Re(F⁻¹(D)), where D [outputs, inputs] is zero but for n trained entries at random places (j, l) and F⁻¹ the
/// inverse transform in two dimensions: ΔW[p, q] = α/(M·N)·Σ c·cos 2π(j·p/M + l·q/N) with M outputs and N inputs.
/// </summary>
public sealed class FourierFt : AdapterMethod<FourierFtOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "fourierft",
        Summary = "Trains a few entries of the spectrum of each delta, at random frequencies.",
        Paper = "Gao et al., Parameter-Efficient Fine-Tuning with Discrete Fourier Transform, ICML 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "FOURIERFT";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (places, scaling) = (new SpectrumPlaces(reader), reader.Number("scaling"));
        reader.Require("bias", "\"none\"");
        reader.Require("alpha");
        reader.Require("ifft2_norm", "\"backward\"");
        reader.Ignore("fan_in_fan_out", "init_weights");
        var waves = new Dictionary<(int, int, int), (Parameter Left, Parameter Right)>();
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            var spectrum = reader.Trained(target, "fourierft_spectrum", places.Count(target));
            var key = (w.Outputs, w.Inputs, spectrum.Count);
            if (!waves.TryGetValue(key, out var pair))
                waves[key] = pair = Waves(reader, w, places.Of(target));
            reader.Add(w, new Change(w, spectrum, pair.Left, pair.Right, (float)(scaling / ((double)w.Outputs * w.Inputs))));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, FourierFtOptions options)
    {
        RequirePositive("frequencies", options.Frequencies);
        SpectrumPlaces.Begin(start, "fourierft", options.Frequencies, options.Scaling);
    }

    /// <summary>By cos(a + b) = cos a·cos b − sin a·sin b: left [outputs, 2n] = (cos a, −sin a), right [2n, inputs] = (cos b; sin b).</summary>
    private static (Parameter Left, Parameter Right) Waves(AdapterReader reader, LinearModule w, (int Row, int Column)[] places)
    {
        var n = places.Length;
        var (left, right) = (new float[w.Outputs * 2 * n], new float[2 * n * w.Inputs]);
        for (var k = 0; k < n; k++)
        {
            for (var p = 0; p < w.Outputs; p++)
            {
                var (sine, cosine) = Turn(places[k].Row, p, w.Outputs);
                (left[p * 2 * n + k], left[p * 2 * n + n + k]) = ((float)cosine, (float)-sine);
            }
            for (var q = 0; q < w.Inputs; q++)
            {
                var (sine, cosine) = Turn(places[k].Column, q, w.Inputs);
                (right[k * w.Inputs + q], right[(n + k) * w.Inputs + q]) = ((float)cosine, (float)sine);
            }
        }
        return (reader.Constant("waves of the outputs", w.Outputs, 2 * n, left), reader.Constant("waves of the inputs", 2 * n, w.Inputs, right));
    }

    private static (double Sine, double Cosine) Turn(int frequency, int place, int length) => Math.SinCos(2 * Math.PI * ((long)frequency * place % length) / length);

    private sealed class Change(LinearModule module, Parameter spectrum, Parameter left, Parameter right, float scale) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.Scale(graph.Product(graph.MultiplyRow(left.Value, Twice(graph)), graph.Transpose(right.Value)), scale);

        public override Tensor Beside(Graph graph, Tensor x) => graph.Scale(graph.Product(graph.MultiplyRow(graph.Product(x, right.Value), Twice(graph)), left.Value), scale);

        private Tensor Twice(Graph graph)
        {
            var c = graph.Use(spectrum);
            return graph.ConcatColumns(c, c);
        }
    }
}
