using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Bytes that a training holds, estimated from sizes: weights twice (as parameters, and as the model was made), gradients, the optimizer's state, the average, the rows of the logits with their gradients, and
/// for each row of a part what every block keeps: inputs and outputs of its maps, norms and sums.
/// </summary>
/// <param name="Texts">Of the sources: texts, and their tokens while these are gathered.</param>
internal sealed record MemoryNeed(long Weights, long Kept, long Recomputed, long Texts)
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
    private long Fixed => Weights + Texts + Rest;

    public static MemoryNeed Of(CausalLanguageModel model, PretrainingPlan plan, long texts)
    {
        long parameters = model.ParameterCount, rows = plan.TokensOfPart;
        var blocks = model.Linears.Where(l => l.Layer >= 0).Sum(l => (long)l.Inputs + l.Outputs) + (long)Beside * model.Layers * model.Hidden;
        var head = 2L * model.Vocabulary + 2L * model.Hidden;
        var copies = 3 + (plan.Optimizer.Muon ? 1.5 : 2) + (plan.Average is null ? 0 : 1);
        return new MemoryNeed((long)(4 * parameters * copies), 4 * rows * (blocks + head), 4 * rows * ((long)(Again * blocks) / Math.Max(1, model.Layers) + (long)model.Layers * model.Hidden + head), texts);
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
        throw new AttuneException($"training needs about {Shown(need)} of memory ({Shown(Weights)} for weights, gradients and the optimizer, {Shown(need - Fixed)} for the tokens of a part, {Shown(Texts + Rest)} for texts and the program), and {who}; {remedy}", AttuneErrorKind.Work);
    }

    /// <summary>The least number of parts, more than the plan's and each with room for a sequence, with which it fits; null: there is none.</summary>
    private int? Parts(PretrainingPlan plan, long ofPart, long allowed)
    {
        for (var parts = plan.Parts + 1; plan.TokensPerStep / parts >= plan.Context; parts++)
            if (plan.TokensPerStep % parts == 0 && Fixed + ofPart * plan.Parts / parts <= allowed)
                return parts;
        return null;
    }

    private static string Shown(long bytes) => bytes >= 1L << 30 ? FormattableString.Invariant($"{bytes / (double)(1L << 30):0.#} GiB") : FormattableString.Invariant($"{Math.Max(1, bytes >> 20)} MiB");
}
