using Attune.Tensors;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>Sequences of a <see cref="RegressionSetting"/>, drawn again and again into the same memory.</summary>
public sealed class RegressionBatch : IDisposable
{
    private readonly Arena arena = new();
    private readonly float[] weights;

    public RegressionBatch(RegressionSetting setting, int count)
    {
        (Setting, Count) = (setting, count);
        Tokens = arena.Matrix(count * setting.Length, setting.Token);
        Queries = arena.Matrix(count, setting.Token);
        (Targets, Clean, weights) = (new float[count], new float[count], new float[setting.Dimension]);
    }

    public RegressionSetting Setting { get; }

    public int Count { get; }

    /// <summary>(x_l, y_l), sequence after sequence: [Count·L, d + 1].</summary>
    public Tensor Tokens { get; }

    /// <summary>(x_q, 0): [Count, d + 1].</summary>
    public Tensor Queries { get; }

    /// <summary>y_q with its noise, which the loss is computed from.</summary>
    public float[] Targets { get; }

    /// <summary>β·x_q: the error against it is what a predictor can avoid.</summary>
    public float[] Clean { get; }

    /// <summary>Draws all sequences anew.</summary>
    public void Draw(NormalStream normal)
    {
        var deviation = Math.Sqrt(Setting.Noise);
        for (var s = 0; s < Count; s++)
        {
            normal.Fill(weights, 1 / Math.Sqrt(Setting.Dimension));
            for (var l = 0; l < Setting.Length; l++)
                DrawPoint(normal, Tokens[s * Setting.Length + l])[^1] += (float)(normal.Next() * deviation);
            var query = DrawPoint(normal, Queries[s]);
            Clean[s] = query[^1];
            Targets[s] = (float)(query[^1] + normal.Next() * deviation);
            query[^1] = 0;
        }
    }

    public void Dispose() => arena.Dispose();

    /// <summary>(x, β·x).</summary>
    private Span<float> DrawPoint(NormalStream normal, Span<float> token)
    {
        normal.Fill(token[..^1], 1);
        var y = 0.0;
        for (var i = 0; i < weights.Length; i++)
            y += weights[i] * token[i];
        token[^1] = (float)y;
        return token;
    }
}
