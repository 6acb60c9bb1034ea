using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Bytes that a training holds, estimated from sizes: weights twice (as parameters, and as the model was made), gradients, the optimizer's state, the average, the rows of the logits
/// with their gradients, for each row of a part what every block keeps (inputs and outputs of its maps, norms and sums), and what measuring holds beside all that.
/// </summary>
/// <param name="Measuring">What an evaluation holds beside training.</param>
/// <param name="Texts">Of the sources: texts, and their tokens while these are gathered.</param>
internal sealed record MemoryNeed(long Weights, long Kept, long Recomputed, long Measuring, long Texts)
{
    /// <summary>Floats of a block's row beside those of its maps, in widths of the stream.</summary>
    private const int Beside = 6;

    /// <summary>Times what a block keeps that one holds while it is computed again and runs backwards: what passes within it, and gradients.</summary>
    private const double Again = 3.5;

    /// <summary>Runtime, tokenizer and what is in passing.</summary>
    private const long Rest = 128L << 20;

    /// <summary>Bytes with all activations kept.</summary>
    public long Free => Fixed + Kept;

    /// <summary>Bytes with blocks computed again.</summary>
    public long Least => Fixed + Recomputed;

    /// <summary>Bytes that do not depend on the tokens of a part.</summary>
    private long Fixed => Weights + Measuring + Texts + Rest;

    public static MemoryNeed Of(CausalLanguageModel model, PretrainingPlan plan, long texts)
    {
        long parameters = model.ParameterCount, rows = plan.TokensOfPart;
        var blocks = model.Linears.Where(l => l.Layer >= 0).Sum(l => (long)l.Inputs + l.Outputs) + (long)Beside * model.Layers * model.Hidden;
        var head = 2L * model.Vocabulary + 2L * model.Hidden;
        var copies = 3 + (plan.Optimizer.Muon ? 1.5 : 2) + (plan.Average is null ? 0 : 1);
        var (block, stream) = (blocks / Math.Max(1, model.Layers), (long)model.Layers * model.Hidden);
        return new MemoryNeed(
            (long)(4 * parameters * copies), 4 * rows * (blocks + head), 4 * rows * ((long)(Again * block) + stream + head), OfMeasuring(model, plan, block), texts);
    }

    /// <summary>Two blocks' passing numbers and the states of some rows, and the scores of fewer: twice, and once more as much where an arena grows.</summary>
    private static long OfMeasuring(CausalLanguageModel model, PretrainingPlan plan, long block)
    {
        long rows = HeldOutEvaluation.RowsAtOnce(plan.Context, plan.TokensOfPart), scored = Math.Min(rows, HeldOutEvaluation.ScoredRows);
        return 4 * (rows * (2 * block + 3L * model.Hidden) + 4 * scored * model.Vocabulary);
    }

    /// <exception cref="AttuneException">The plan needs more than there is; the message says how much, and what would do.</exception>
    public void Require(long? limit, PretrainingPlan plan)
    {
        var machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var allowed = Math.Min(limit ?? long.MaxValue, machine);
        var need = plan.Recompute ? Least : Free;
        if (need <= allowed)
            return;
        var who = limit is { } given && given <= machine ? $"--limit-memory is {Shown(given)}" : $"this machine has {Shown(machine)}";
        var remedy = !plan.Recompute && Least <= allowed ? $"with recompute: true it needs about {Shown(Least)}"
            : Parts(plan, need - Fixed, allowed) is { } parts ? FormattableString.Invariant($"with parts: {parts} it needs about {Shown(Fixed + (need - Fixed) * plan.Parts / parts)}")
            : "choose a smaller model, or give more memory";
        var (ofPart, others) = (Shown(need - Fixed), $"{Shown(Measuring)} for measuring, {Shown(Texts + Rest)} for texts and the program");
        var what = $"{Shown(Weights)} for weights, gradients and the optimizer, {ofPart} for the tokens of a part, {others}";
        throw new AttuneException($"training needs about {Shown(need)} of memory ({what}), and {who}; {remedy}", AttuneErrorKind.Work);
    }

    /// <summary>The least number of parts, more than the plan's and each with room for a sequence, with which it fits; null: there is none.</summary>
    private int? Parts(PretrainingPlan plan, long ofPart, long allowed)
    {
        for (var parts = plan.Parts + 1; plan.TokensPerStep / parts >= plan.Context; parts++)
            if (plan.TokensPerStep % parts == 0 && Fixed + ofPart * plan.Parts / parts <= allowed)
                return parts;
        return null;
    }

    private static string Shown(long bytes) => bytes >= 1L << 30
        ? FormattableString.Invariant($"{bytes / (double)(1L << 30):0.#} GiB")
        : FormattableString.Invariant($"{Math.Max(1, bytes >> 20)} MiB");
}
