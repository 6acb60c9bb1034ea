namespace Attune.Reproductions.ImplicitTuning;

/// <summary>What a forward pass shows at the last token of one query.</summary>
/// <param name="Outputs">[layer][hidden]: what attention adds to the stream, behind its output map.</param>
/// <param name="Logits">[layer][head · query tokens]: attention before softmax, over the query's own tokens.</param>
/// <param name="Demonstrations">[layer][demonstration tokens]: attention behind softmax over what stands before the query, summed over heads; empty where nothing does.</param>
/// <param name="Queries">[layer][heads · headDim]: attention's query before it is turned by its position.</param>
/// <param name="Scores">The logit of each label's first token.</param>
internal sealed record QueryTrace(float[][] Outputs, float[][] Logits, float[][] Demonstrations, float[][] Queries, double[] Scores)
{
    /// <summary>The label that scores highest.</summary>
    public int Predicted => Array.IndexOf(Scores, Scores.Max());
}
