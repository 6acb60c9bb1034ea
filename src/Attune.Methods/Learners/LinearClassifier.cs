using Attune.Methods.Retrieval;
using Attune.Tensors;

namespace Attune.Methods.Learners;

/// <summary>
/// softmax(Wx + b) over classes, or with two classes and one row of W the sigmoid of Wx + b for the second. Weights are float32, so saved
/// and loaded they give the same bits; sums are in float64. A class that fitting never saw has bias −∞ and so probability 0.
/// </summary>
public sealed class LinearClassifier
{
    private readonly float[] weights;
    private readonly float[] bias;

    /// <param name="weights">[rows, dimension]: a row for each class, or one row for two classes.</param>
    public LinearClassifier(float[] weights, float[] bias, int classes)
    {
        if (bias.Length != classes && !(classes == 2 && bias.Length == 1))
            throw new ArgumentException($"{bias.Length} biases for {classes} classes");
        if (weights.Length % bias.Length != 0)
            throw new ArgumentException($"{weights.Length} weights do not divide into {bias.Length} rows");
        (this.weights, this.bias, Classes) = (weights, bias, classes);
    }

    public int Classes { get; }
    public int Dimension => weights.Length / bias.Length;

    /// <summary>[rows, Dimension].</summary>
    public ReadOnlySpan<float> Weights => weights;

    public ReadOnlySpan<float> Bias => bias;

    /// <summary>A probability for each class.</summary>
    public double[] Probabilities(ReadOnlySpan<double> x)
    {
        var scores = new double[Classes];
        // With one row the first class keeps score 0: softmax over (0, s) is the sigmoid.
        var first = Classes - bias.Length;
        for (var c = 0; c < bias.Length; c++)
            scores[first + c] = bias[c] + Product(c, x);
        var largest = scores.Max();
        var sum = 0.0;
        for (var c = 0; c < scores.Length; c++)
            sum += scores[c] = Math.Exp(scores[c] - largest);
        for (var c = 0; c < scores.Length; c++)
            scores[c] /= sum;
        return scores;
    }

    /// <inheritdoc cref="Probabilities(ReadOnlySpan{double})"/>
    public double[] Probabilities(ReadOnlySpan<float> x)
    {
        var wide = new double[x.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = x[i];
        return Probabilities(wide);
    }

    /// <summary>Adds "name.weight" and "name.bias" to the tensors of an adaptation.</summary>
    public void Save(TensorBag bag, string name)
    {
        bag.Add($"{name}.weight", bias.Length, Dimension, weights);
        bag.Add($"{name}.bias", 1, bias.Length, bias);
    }

    /// <exception cref="AttuneException">The tensors are not there or do not fit.</exception>
    public static LinearClassifier Load(TensorBag bag, string name, int classes)
    {
        var (weights, bias) = (bag.Get($"{name}.weight"), bag.Get($"{name}.bias"));
        if (weights.Rows != bias.Values.Length || (weights.Rows != classes && !(classes == 2 && weights.Rows == 1)))
            throw new AttuneException($"the classifier '{name}' has {weights.Rows} rows and {bias.Values.Length} biases but the task has {classes} labels; fit it again");
        return new LinearClassifier(weights.Values, bias.Values, classes);
    }

    private double Product(int row, ReadOnlySpan<double> x)
    {
        if (x.Length != Dimension)
            throw new ArgumentException($"the input has {x.Length} values, the classifier {Dimension}");
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += weights[row * x.Length + i] * x[i];
        return sum;
    }
}
