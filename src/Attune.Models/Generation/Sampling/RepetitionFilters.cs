namespace Attune.Models.Generation;

/// <summary>What the tokens so far do to one row of logits, in place. Ids beyond the row are an error of the caller.</summary>
internal static class RepetitionFilters
{
    /// <summary>Each token that occurred, once: negative logits × penalty, others / penalty (Keskar et al. 2019).</summary>
    public static void RepetitionPenalty(Span<float> logits, ReadOnlySpan<int> history, double penalty, SamplingWorkspace workspace)
    {
        var seen = workspace.Counts(logits.Length);
        foreach (var id in history)
            if (seen[id]++ == 0)
                logits[id] = (float)(logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty);
        Clear(seen, history);
    }

    /// <summary>logit − frequency·count − presence·[count > 0].</summary>
    public static void Penalties(Span<float> logits, ReadOnlySpan<int> history, double frequency, double presence, SamplingWorkspace workspace)
    {
        var counts = workspace.Counts(logits.Length);
        foreach (var id in history)
            counts[id]++;
        foreach (var id in history)
        {
            if (counts[id] > 0)
                logits[id] = (float)(logits[id] - frequency * counts[id] - presence);
            counts[id] = 0;
        }
    }

    /// <summary>Removes tokens that would end a run of <paramref name="size"/> tokens which occurred before.</summary>
    public static void NoRepeatNgram(Span<float> logits, ReadOnlySpan<int> history, int size)
    {
        if (history.Length < size)
            return;
        var suffix = history[^(size - 1)..];
        for (var i = 0; i + size <= history.Length; i++)
            if (history.Slice(i, size - 1).SequenceEqual(suffix))
                logits[history[i + size - 1]] = float.NegativeInfinity;
    }

    private static void Clear(Span<int> counts, ReadOnlySpan<int> history)
    {
        foreach (var id in history)
            counts[id] = 0;
    }
}
