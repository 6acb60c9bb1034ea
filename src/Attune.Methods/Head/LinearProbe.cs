using Attune.Data;
using Attune.Methods.Learners;
using Attune.Methods.Retrieval;
using Attune.Models.Sites;

namespace Attune.Methods.Head;

/// <summary>Options of <see cref="LinearProbe"/>.</summary>
public sealed record LinearProbeOptions : MethodOptions
{
    [Option("inverse strength of the L2 penalty: ½‖w‖² + C·Σ loss")]
    public double C { get; init; } = 1;

    [Option("weight labels by the inverse of their counts")]
    public bool ClassWeights { get; init; }
}

/// <summary>
/// Logistic regression on frozen sentence embeddings: softmax(W·e(x) + b), W of least ½‖W‖² + C·Σ −ln p (the linear evaluation
/// of Alain and Bengio 2017 and of the sentence-embedding literature).
/// </summary>
public sealed class LinearProbe : Method<LinearProbeOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "linear-probe",
        Summary = "Logistic regression on a frozen sentence encoder's embeddings.",
        Paper = "Alain and Bengio, Understanding intermediate layers using linear classifier probes, ICLR workshop 2017; Reimers and Gurevych, Sentence-BERT, EMNLP 2019",
        Site = SiteKind.Head,
        View = ModelView.Encoder,
        Tasks = [TaskKind.Classification],
        LeastRows = 2,
        Set = MethodSet.Quick,
        Cost = "an embedding a row to fit; an embedding per query",
    };

    protected override Adaptation Fit(FitContext context, LinearProbeOptions options)
    {
        var encoder = context.RequireEncoder(Card.Name);
        var vectors = encoder.Embed([.. context.Examples.Select(e => e.Input.Text)], cancel: context.Cancellation);
        var classifier = Classify(context, vectors, options.C, options.ClassWeights);
        return context.Of(this, options, new EncoderHead(classifier, null));
    }

    /// <summary>Logistic regression over embeddings of the context's rows.</summary>
    internal static LinearClassifier Classify(FitContext context, float[][] vectors, double c, bool balanced)
    {
        var labels = context.Labels.ToList();
        return LogisticRegression.Fit(
            PointSet.Of(vectors), [.. context.Examples.Select(e => labels.IndexOf(e.Label))], labels.Count,
            new LogisticRegressionOptions { C = c, Balanced = balanced }, context.Cancellation);
    }
}
