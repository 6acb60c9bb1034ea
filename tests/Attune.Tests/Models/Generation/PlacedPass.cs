using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Generation;

/// <summary>The forward pass as training makes it, without cache: prompt and continuation are placed behind the interventions' positions.</summary>
internal static class PlacedPass
{
    /// <summary>Log-probabilities of a continuation's tokens, softmax in float64.</summary>
    public static double[] Score(LanguageModel model, SiteSet? sites, int[] prompt, int[] continuation)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        var first = SiteSet.Place(sites, batch, [.. prompt, .. continuation.AsSpan(0, continuation.Length - 1)], prompt: prompt.Length);
        var rows = Enumerable.Range(first + prompt.Length - 1, continuation.Length).ToArray();
        var logits = model.Transformer.Logits(graph, model.Transformer.ForwardRows(graph, batch, sites, rows), batch, sites);
        return [.. continuation.Select((token, i) =>
        {
            var row = logits[i].ToArray();
            return row[token] - row.Max() - Math.Log(row.Sum(x => Math.Exp((double)x - row.Max())));
        })];
    }
}
