using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Merging;

/// <summary>How far two ways of computing the same logits are apart, over a short sequence of tokens spread through the vocabulary.</summary>
/// <param name="Largest">The largest |a − b|.</param>
/// <param name="LargestLogit">The largest |a|.</param>
/// <param name="SameBest">Positions at which both find the same token likeliest.</param>
/// <param name="Positions">Tokens.</param>
public sealed record LogitDifference(double Largest, double LargestLogit, int SameBest, int Positions)
{
    private const int Tokens = 24;

    /// <summary>A model with what hangs on its sites, beside another model.</summary>
    public static LogitDifference Between(CausalLanguageModel a, SiteSet? sites, CausalLanguageModel b)
    {
        var vocabulary = Math.Min(a.Vocabulary, b.Vocabulary);
        var count = Math.Min(Tokens, Math.Min(a.ContextLength, b.ContextLength));
        int[] ids = [.. Enumerable.Range(0, count).Select(i => (int)((long)vocabulary * (2 * i + 1) / (2 * count)))];
        return Of(Logits(a, ids, sites), Logits(b, ids, null), count);
    }

    private static LogitDifference Of(float[] a, float[] b, int positions)
    {
        var width = a.Length / positions;
        if (b.Length != a.Length)
            return new LogitDifference(double.PositiveInfinity, a.Max(Math.Abs), 0, positions);
        var largest = a.Zip(b, (x, y) => (double)Math.Abs(x - y)).Max();
        var same = Enumerable.Range(0, positions).Count(p => Best(a.AsSpan(p * width, width)) == Best(b.AsSpan(p * width, width)));
        return new LogitDifference(largest, a.Max(Math.Abs), same, positions);
    }

    private static float[] Logits(CausalLanguageModel model, int[] ids, SiteSet? sites)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        // Where there is an encoder, it reads the first half.
        batch.Add(ids, prompt: ids.Length / 2);
        return model.Logits(graph, model.Forward(graph, batch, sites), batch, sites).Span.ToArray();
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }
}
