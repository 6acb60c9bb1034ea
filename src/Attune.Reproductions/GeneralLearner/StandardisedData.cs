using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>Other data less their mean over all numbers of all examples, divided by their deviation, both of 4,096 examples.</summary>
internal sealed class StandardisedData : IBaseData
{
    private const int Sample = 4096;

    private readonly IBaseData data;
    private readonly double mean, scale;

    public StandardisedData(IBaseData data, SeededRandom random)
    {
        this.data = data;
        var x = new double[data.Inputs];
        var (sum, squares) = (0.0, 0.0);
        for (var i = 0; i < Sample; i++)
        {
            data.Draw(random, x);
            foreach (var value in x)
                (sum, squares) = (sum + value, squares + value * value);
        }
        double n = Sample * x.Length;
        mean = sum / n;
        scale = 1 / Math.Sqrt(squares / n - mean * mean);
    }

    public int Inputs => data.Inputs;

    public int Classes => data.Classes;

    public int Draw(SeededRandom random, Span<double> x)
    {
        var label = data.Draw(random, x);
        for (var i = 0; i < x.Length; i++)
            x[i] = (x[i] - mean) * scale;
        return label;
    }
}
