namespace Attune.Evaluation.Metrics;

/// <summary>
/// Edits with block shifts against one reference. Shifts are found greedily: while one lowers the edit distance, the one that
/// lowers it most is made (then the longest, the earliest in the hypothesis, the earliest target).
/// </summary>
internal sealed class TerAlignment(string[] reference)
{
    private const int LongestShift = 10;
    private const int FarthestShift = 50;
    private const int MostCandidates = 1000;
    private const int Beam = 25;
    private const int Unreached = int.MaxValue / 2;

    private enum Step : byte { Keep, Substitute, Delete, Insert }

    private int candidates;

    /// <summary>Shifts made plus the edit distance that is left.</summary>
    public int Edits(string[] hypothesis)
    {
        if (reference.Length == 0)
            return hypothesis.Length;
        candidates = 0;
        var (words, shifts) = (hypothesis, 0);
        while (true)
        {
            var shift = BestShift(words);
            // At the limit the search stops where it is, even where the last shift would have helped.
            if (candidates >= MostCandidates || shift is not { Gain: > 0 })
                return shifts + Distance(words).Edits;
            words = shift.Words;
            shifts++;
        }
    }

    private sealed record Shift(int Gain, int Length, int Start, int Target, string[] Words)
    {
        public bool Beats(Shift? other) =>
            other is null || (Gain, Length, -Start, -Target).CompareTo((other.Gain, other.Length, -other.Start, -other.Target)) > 0;
    }

    private Shift? BestShift(string[] words)
    {
        var (before, steps) = Distance(words);
        var alignment = new Alignment(steps, words.Length, reference.Length);
        Shift? best = null;
        foreach (var (start, wanted, length) in CommonRuns(words))
        {
            if (!alignment.WorthShifting(start, wanted, length))
                continue;
            var last = -1;
            for (var offset = wanted - 1; offset < wanted + length; offset++)
            {
                var target = offset < 0 ? 0 : alignment.HypothesisAt[offset] + 1;
                if (target == last)
                    continue;
                last = target;
                var shifted = Shifted(words, start, length, target);
                var candidate = new Shift(before - Distance(shifted).Edits, length, start, target, shifted);
                candidates++;
                best = candidate.Beats(best) ? candidate : best;
            }
            if (candidates >= MostCandidates)
                break;
        }
        return best;
    }

    /// <summary>Each run of words that both sides have, not too far apart, with all its shorter beginnings.</summary>
    private IEnumerable<(int Start, int Wanted, int Length)> CommonRuns(string[] words)
    {
        for (var start = 0; start < words.Length; start++)
        {
            for (var wanted = Math.Max(0, start - FarthestShift); wanted < Math.Min(reference.Length, start + FarthestShift + 1); wanted++)
            {
                var limit = Math.Min(LongestShift, Math.Min(words.Length - start, reference.Length - wanted));
                for (var length = 1; length <= limit && words[start + length - 1] == reference[wanted + length - 1]; length++)
                    yield return (start, wanted, length);
            }
        }
    }

    /// <summary>The words with the block moved before <paramref name="target"/>; a target inside the block counts from the block's end.</summary>
    private static string[] Shifted(string[] words, int start, int length, int target)
    {
        var block = words.AsSpan(start, length);
        string[] rest = [.. words.AsSpan(0, start), .. words.AsSpan(start + length)];
        var place = target < start ? target : target > start + length ? target - length : target;
        place = Math.Min(place, rest.Length);
        return [.. rest.AsSpan(0, place), .. block, .. rest.AsSpan(place)];
    }

    /// <summary>Edit distance within a beam around the diagonal, and its steps from the start; on ties keep or substitute, then delete, then insert.</summary>
    private (int Edits, List<Step> Steps) Distance(string[] words)
    {
        var cost = new int[words.Length + 1, reference.Length + 1];
        var step = new Step[words.Length + 1, reference.Length + 1];
        var slope = words.Length == 0 ? 1 : reference.Length / (double)words.Length;
        var beam = slope / 2 > Beam ? (int)Math.Ceiling(slope / 2 + Beam) : Beam;
        for (var j = 0; j <= reference.Length; j++)
            (cost[0, j], step[0, j]) = (j, Step.Insert);
        for (var i = 1; i <= words.Length; i++)
        {
            for (var j = 0; j <= reference.Length; j++)
                cost[i, j] = Unreached;
            var diagonal = (int)Math.Floor(i * slope);
            var end = i == words.Length ? reference.Length + 1 : Math.Min(reference.Length + 1, diagonal + beam);
            for (var j = Math.Max(0, diagonal - beam); j < end; j++)
                (cost[i, j], step[i, j]) = Best(cost, i, j, j > 0 && words[i - 1] == reference[j - 1]);
        }
        return (cost[words.Length, reference.Length], Trace(step, words.Length, reference.Length));
    }

    private static (int Cost, Step Step) Best(int[,] cost, int i, int j, bool same)
    {
        if (j == 0)
            return (cost[i - 1, 0] + 1, Step.Delete);
        var best = (Cost: cost[i - 1, j - 1] + (same ? 0 : 1), Step: same ? Step.Keep : Step.Substitute);
        if (cost[i - 1, j] + 1 < best.Cost)
            best = (cost[i - 1, j] + 1, Step.Delete);
        return cost[i, j - 1] + 1 < best.Cost ? (cost[i, j - 1] + 1, Step.Insert) : best;
    }

    private static List<Step> Trace(Step[,] step, int i, int j)
    {
        var steps = new List<Step>();
        while (i > 0 || j > 0)
        {
            var taken = step[i, j];
            steps.Add(taken);
            i -= taken == Step.Insert ? 0 : 1;
            j -= taken == Step.Delete ? 0 : 1;
        }
        steps.Reverse();
        return steps;
    }

    /// <summary>Where each reference word stands in the hypothesis (the last word before it, where it is missing), and which words are wrong.</summary>
    private sealed class Alignment
    {
        private readonly bool[] wrongInHypothesis;
        private readonly bool[] wrongInReference;

        public Alignment(List<Step> steps, int hypothesisLength, int referenceLength)
        {
            HypothesisAt = new int[referenceLength];
            (wrongInHypothesis, wrongInReference) = (new bool[hypothesisLength], new bool[referenceLength]);
            var (h, r) = (-1, -1);
            foreach (var step in steps)
            {
                if (step != Step.Insert)
                    wrongInHypothesis[++h] = step != Step.Keep;
                if (step == Step.Delete)
                    continue;
                wrongInReference[++r] = step != Step.Keep;
                HypothesisAt[r] = h;
            }
        }

        public int[] HypothesisAt { get; }

        /// <summary>Whether the block has a wrong word on either side, and does not already stand where it would go.</summary>
        public bool WorthShifting(int start, int wanted, int length) =>
            wrongInHypothesis.AsSpan(start, length).Contains(true) && wrongInReference.AsSpan(wanted, length).Contains(true)
            && (HypothesisAt[wanted] < start || HypothesisAt[wanted] >= start + length);
    }
}
