using Attune.Tensors;

namespace Attune.Methods.Head;

/// <summary>
/// Synthetic logistic regression (TART, arXiv 2306.07536, §4): w ~ N(0, I_d), x ~ N(0, I_d), y = 1 with probability σ(α·w·x); one w for a sequence.
/// </summary>
/// <param name="X">[tasks·pairs, d], task after task.</param>
/// <param name="Y">0 or 1 for each row.</param>
/// <param name="W">α·w of each task, [tasks, d].</param>
public sealed record LogisticTasks(float[] X, float[] Y, float[] W, int Tasks, int Pairs, int Dimensions)
{
    /// <param name="live">Coordinates of x that are not set to zero, the first ones; w keeps all.</param>
    /// <param name="cleanness">α.</param>
    /// <param name="varies">Whether each task draws its α from 1, 2, …, <paramref name="cleanness"/>.</param>
    public static LogisticTasks Draw(SeededRandom random, int tasks, int pairs, int dimensions, int live, double cleanness, bool varies = false)
    {
        var (x, y, w) = (new float[tasks * pairs * dimensions], new float[tasks * pairs], new float[tasks * dimensions]);
        for (var task = 0; task < tasks; task++)
        {
            var weights = w.AsSpan(task * dimensions, dimensions);
            var alpha = varies ? 1 + random.Next((int)cleanness) : cleanness;
            foreach (ref var weight in weights)
                weight = (float)(alpha * random.NextNormal());
            for (var row = task * pairs; row < (task + 1) * pairs; row++)
            {
                var score = 0.0;
                for (var i = 0; i < live; i++)
                {
                    var value = (float)random.NextNormal();
                    x[row * dimensions + i] = value;
                    score += (double)value * weights[i];
                }
                y[row] = random.NextDouble() < 1 / (1 + Math.Exp(-score)) ? 1 : 0;
            }
        }
        return new LogisticTasks(x, y, w, tasks, pairs, dimensions);
    }
}
