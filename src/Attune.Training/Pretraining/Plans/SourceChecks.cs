using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>What must hold of a mixture before training begins.</summary>
public static class SourceChecks
{
    /// <summary>The first stretch of the steps, as shares, in which no source is read; null: there is none.</summary>
    public static (double From, double Until)? FirstGap(IReadOnlyList<MixturePart> sources)
    {
        foreach (var from in sources.Select(s => s.Until).Append(0).Where(b => b < 1).Order())
            if (!sources.Any(s => s.IsAtWork(from)))
                return (from, sources.Select(s => s.From).Where(b => b > from).DefaultIfEmpty(1).Min());
        return null;
    }

    /// <summary>"no source is read from 40% to 60% of the steps".</summary>
    public static string Describe((double From, double Until) gap) =>
        FormattableString.Invariant($"no source is read from {gap.From * 100:0.##}% to {gap.Until * 100:0.##}% of the steps; let one go on until then (until), or another begin sooner (from)");

    /// <exception cref="AttuneException">A stretch of the steps has no source.</exception>
    internal static void RequireNoGap(IReadOnlyList<MixturePart> sources)
    {
        if (FirstGap(sources) is { } gap)
            throw new AttuneException(Describe(gap));
    }

    /// <summary>Every source that is not endless has at least what a step takes of it, at the time when it takes most.</summary>
    /// <exception cref="AttuneException">One has less; the message says how much there is and is needed.</exception>
    internal static void RequireTokens(PretrainingPlan plan, IReadOnlyList<MixturePart> sources)
    {
        var borders = sources.SelectMany(s => new[] { s.From, s.Until }).Distinct().ToList();
        foreach (var part in sources.Where(s => s.Weight > 0))
        {
            var share = borders.Where(part.IsAtWork).Select(b => part.Weight / sources.Where(s => s.IsAtWork(b)).Sum(s => s.Weight)).DefaultIfEmpty(0).Max();
            var needed = (long)Math.Ceiling(plan.TokensPerStep * share);
            if (part.Source.Tokens is { } tokens && tokens < needed)
                throw new AttuneException(FormattableString.Invariant($"the source '{part.Source.Name}' has {tokens} tokens for training, and a step takes {needed} of it; give more text, or lower tokens_per_step or the source's weight"));
        }
    }
}
