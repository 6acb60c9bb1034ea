using Attune.Evaluation.Metrics;
using Attune.Tensors;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>How alike in-context learning (ICL) and explicit tuning (FT) change a model without demonstrations (ZSL): arXiv 2212.10559, §4.2 and 4.3.</summary>
internal static class Overlap
{
    /// <summary>Rec2FTP: of the queries that ZSL gets wrong and FT right, the share that ICL gets right; and how many those queries are.</summary>
    public static (int Recalled, int Turned) Recall(IReadOnlyList<bool> zero, IReadOnlyList<bool> tuned, IReadOnlyList<bool> inContext)
    {
        var turned = Enumerable.Range(0, zero.Count).Where(i => !zero[i] && tuned[i]).ToArray();
        return (turned.Count(i => inContext[i]), turned.Length);
    }

    /// <summary>SimAOU: cos(a_ICL − a_ZSL, a_FT − a_ZSL) of attention outputs of length 1, mean over layers.</summary>
    public static double Updates(QueryTrace zero, QueryTrace inContext, QueryTrace tuned) => Enumerable.Range(0, zero.Outputs.Length)
        .Average(l => Vectors.Cosine(Vectors.UnitDifference(inContext.Outputs[l], zero.Outputs[l]), Vectors.UnitDifference(tuned.Outputs[l], zero.Outputs[l])));

    /// <summary>The same with numbers from [0, 1) in the place of tuning's update.</summary>
    public static double RandomUpdates(QueryTrace zero, QueryTrace inContext, SeededRandom random) => Enumerable.Range(0, zero.Outputs.Length)
        .Average(l => Vectors.Cosine(Vectors.UnitDifference(inContext.Outputs[l], zero.Outputs[l]), Uniform(zero.Outputs[l].Length, random)));

    /// <summary>SimAM: cosine of attention before softmax over the query's own tokens, mean over heads and layers.</summary>
    public static double Maps(QueryTrace a, QueryTrace b, int heads) => Enumerable.Range(0, a.Logits.Length).Average(l => Enumerable.Range(0, heads).Average(h =>
    {
        var length = a.Logits[l].Length / heads;
        return Vectors.Cosine(a.Logits[l].AsSpan(h * length, length), b.Logits[l].AsSpan(h * length, length));
    }));

    /// <summary>
    /// Kendall's τ, mean over layers, of ICL's attention to the demonstrations' tokens and of the products of their queries while training with the query's: Σ_heads Q′ᵀq.
    /// </summary>
    /// <param name="trained">[layer][token · heads·headDim].</param>
    /// <param name="tokens">Places among the demonstrations' tokens in the prompt, and among those trained on, that are compared.</param>
    public static double Kendall(QueryTrace inContext, QueryTrace tuned, float[][] trained, IReadOnlyList<(int InPrompt, int InTraining)> tokens) =>
        Enumerable.Range(0, trained.Length).Average(l =>
        {
            var q = tuned.Queries[l];
            return Rank([.. tokens.Select(t => (double)inContext.Demonstrations[l][t.InPrompt])], [.. tokens.Select(t => Vectors.Dot(trained[l].AsSpan(t.InTraining * q.Length, q.Length), q))]);
        });

    /// <summary>The same against random numbers.</summary>
    public static double RandomKendall(QueryTrace inContext, IReadOnlyList<(int InPrompt, int InTraining)> tokens, SeededRandom random) =>
        Enumerable.Range(0, inContext.Demonstrations.Length).Average(l =>
            Rank([.. tokens.Select(t => (double)inContext.Demonstrations[l][t.InPrompt])], [.. tokens.Select(_ => random.NextDouble())]));

    /// <summary>Kendall's τ-b; 0 where one side is constant.</summary>
    public static double Rank(double[] a, double[] b) => Correlation.KendallTauB(a, b) is var tau && double.IsNaN(tau) ? 0 : tau;

    private static float[] Uniform(int count, SeededRandom random)
    {
        var result = new float[count];
        foreach (ref var v in result.AsSpan())
            v = (float)random.NextDouble();
        return result;
    }
}
