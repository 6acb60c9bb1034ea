using System.Globalization;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models;

/// <summary>
/// Finds where numbers stopped being finite, after a result was found not to be: the forward pass runs again, alone and without cache, with a probe at
/// every point. A pass that gives finite results costs nothing for it.
/// </summary>
internal static class FiniteDiagnosis
{
    private const string Remedy = "the weights are damaged or an adaptation is too strong: lower its strength or learning rate, or use another model";

    /// <param name="what">What came out not finite: "the score of a label".</param>
    /// <param name="tokens">The whole sequence.</param>
    /// <param name="prompt">How many of the tokens an encoder reads, where the model has one; 0: all.</param>
    public static NotFiniteException Explain(string what, TransformerModel model, Precision precision, ReadOnlySpan<int> tokens, SiteSet? sites, int prompt = 0)
    {
        try
        {
            return Find(what, model, precision, tokens, sites, prompt);
        }
        catch (MemoryLimitException)
        {
            // Not a shortage of the work itself, which would only be done again in smaller parts.
            return new NotFiniteException($"{what} is not a finite number, and memory does not suffice to find where it arose; {Remedy}", null, null);
        }
    }

    /// <summary>Whether a row of scores is not one that sampling may meet.</summary>
    public static bool IsDamaged(Span<float> logits)
    {
        foreach (var x in logits)
            if (float.IsNaN(x) || float.IsPositiveInfinity(x))
                return true;
        return false;
    }

    private static NotFiniteException Find(string what, TransformerModel model, Precision precision, ReadOnlySpan<int> tokens, SiteSet? sites, int prompt)
    {
        var finding = new FiniteProbe.Finding();
        var probed = SiteSet.Probed(model, sites, (place, layer) => new FiniteProbe(place, layer, finding));
        using var graph = new Graph(recording: false) { Precision = precision };
        var batch = new TokenBatch();
        var first = SiteSet.Place(sites, batch, tokens, prompt: prompt);
        var hidden = model.Forward(graph, batch, probed);
        if (finding.Place is null)
            new FiniteProbe("the last norm", null, finding).Apply(graph, hidden, batch);
        if (finding.Place is null && model is CausalLanguageModel causal)
            Scores(causal, graph, hidden, batch, sites, finding);
        if (finding.Place is not { } place)
            return new NotFiniteException($"{what} is not a finite number, but every activation is; {Remedy}", null, null);
        return new NotFiniteException(
            string.Create(CultureInfo.InvariantCulture, $"{what} is not a finite number: {finding.Value} first arose in {place}, in the row of {TokenAt(tokens, finding.Row - first)}, column {finding.Column}; {Remedy}"),
            finding.Layer, finding.Row);
    }

    private static string TokenAt(ReadOnlySpan<int> tokens, int at) =>
        at < 0 ? "a token of the adaptation's prompt" : string.Create(CultureInfo.InvariantCulture, $"token {at} of {tokens.Length} (id {tokens[at]})");

    /// <summary>The scores behind each token, row by row.</summary>
    private static void Scores(CausalLanguageModel model, Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites, FiniteProbe.Finding finding)
    {
        var kept = graph.Persistent.Matrix(hidden.Rows, hidden.Columns);
        hidden.Span.CopyTo(kept.Span);
        for (var row = 0; row < kept.Rows && finding.Place is null; row++)
        {
            graph.BeginLayer();
            new FiniteProbe("the scores over the vocabulary", null, finding).Apply(graph, model.Logits(graph, kept.Slice(row, 1), batch, sites), batch);
            finding.Row = finding.Place is null ? 0 : row;
        }
    }
}
