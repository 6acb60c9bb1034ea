using System.Text.RegularExpressions;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>
/// Weights of a model that nobody has trained. Maps and tables are drawn from N(0, s²), s being initializer_range (0.02 by default); the last map of each residual
/// branch from N(0, s²/2L), so that the stream's variance does not grow with the L layers (Radford et al. 2019). Norms begin at 1, biases at 0, other arrays
/// uniform in ±1/√fan-in, or as their architecture says. Each draws from a stream of its own name: what is asked for, and in which order, changes nothing else.
/// </summary>
internal sealed partial class InitialWeights(IArchitecture architecture, ConfigurationJson configuration, SeededRandom random) : IWeightSource
{
    private readonly double deviation = configuration.OptionalNumber("initializer_range") ?? 0.02;
    private readonly int layers = Layers(configuration);

    /// <summary>A new model has what it must have and nothing else.</summary>
    public bool Has(string name) => false;

    public bool IsNew => true;

    public WeightMatrix Matrix(string name, int rows, int columns, bool transposed = false)
    {
        var values = new float[checked(rows * columns)];
        var (stream, s) = (random.Fork(name), EndsBranch().IsMatch(name) ? deviation / Math.Sqrt(2.0 * layers) : deviation);
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(s * stream.NextNormal());
        return WeightMatrix.Create(rows, columns, values);
    }

    public float[] Values(string name, params int[] shape)
    {
        var stream = random.Fork(name);
        if (architecture.InitialValues(configuration, name, shape, stream) is { } own)
            return own;
        var values = new float[shape.Aggregate(1, (a, b) => checked(a * b))];
        if (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal))
            Array.Fill(values, 1);
        else if (shape.Length > 1)
        {
            var limit = 1 / Math.Sqrt(values.Length / shape[0]);
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(limit * (2 * stream.NextDouble() - 1));
        }
        return values;
    }

    public float[] Norm(string name, int size, float offset)
    {
        var values = new float[size];
        Array.Fill(values, 1 - offset);
        return values;
    }

    private static int Layers(ConfigurationJson c)
    {
        foreach (var key in (ReadOnlySpan<string>)["num_hidden_layers", "n_layer", "n_layers", "num_layers"])
            if (c.OptionalInteger(key) is { } count)
                return Math.Max(1, count);
        return 1;
    }

    /// <summary>The map whose output is added to the stream, under the names of the checkpoints.</summary>
    [GeneratedRegex(@"(o_proj|down_proj|c_proj|out_proj|dense_4h_to_h|fc2|fc_out|\.wo|\.o|\.w2|attention\.dense|output\.dense|attention\.output|feed_forward\.value)\.weight$")]
    private static partial Regex EndsBranch();
}
