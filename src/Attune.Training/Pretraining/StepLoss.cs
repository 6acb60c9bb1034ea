using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Training.Pretraining;

/// <summary>
/// The loss of a step: Σ over predicted tokens of −ln p / N, plus the label weight times the same over the L tokens of labels; N and L are of the whole step, so parts sum up to
/// what one would give.
/// </summary>
internal sealed class StepLoss(TrainableModel trained, double labelWeight)
{
    private static readonly CrossEntropyOptions EachRow = new() { Reduction = Reduction.None };

    private readonly CausalLanguageModel model = (CausalLanguageModel)trained.Model;
    private PackedStep? step;
    private double sum, labelSum;

    /// <summary>Mean −ln p over all predicted tokens of the step.</summary>
    public double Mean => sum / step!.Predicted;

    /// <summary>The same over the tokens of labels; NaN without any.</summary>
    public double LabelMean => step!.LabelTokens == 0 ? double.NaN : labelSum / step.LabelTokens;

    public void Begin(PackedStep packed) => step = packed;

    public Tensor Of(Graph graph, int part)
    {
        // A step that is short of memory is computed again from its first part.
        if (part == 0)
            (sum, labelSum) = (0, 0);
        var packed = step!.Parts[part];
        var hidden = model.Forward(graph, packed.Batch, trained.Sites);
        var losses = graph.CrossEntropy(model.Logits(graph, hidden, packed.Batch, trained.Sites), packed.Targets, EachRow);
        var weights = graph.Arena.Matrix(losses.Rows, 1);
        Weigh(packed, losses.Span, weights.Span);
        return graph.Sum(graph.Multiply(losses, weights));
    }

    private void Weigh(PackedPart packed, ReadOnlySpan<float> losses, Span<float> weights)
    {
        var each = (float)(1.0 / step!.Predicted);
        var label = step.LabelTokens == 0 ? each : (float)(1.0 / step.Predicted + labelWeight / step.LabelTokens);
        for (var i = 0; i < weights.Length; i++)
        {
            var isLabel = packed.IsLabel[i];
            weights[i] = isLabel ? label : each;
            sum += losses[i];
            labelSum += isLabel ? losses[i] : 0;
        }
    }
}
