using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>The rows of one episode: which labels, in which order, which wrong, which copies of others.</summary>
internal sealed class EpisodeRows
{
    private readonly SeededRandom random;
    private readonly GeneratedTask task;
    private readonly double[] weights;
    private readonly double copies;
    private readonly double noise;
    private readonly bool blocks;
    private readonly bool inTurn;

    public EpisodeRows(SeededRandom random, GeneratedTask task, EpisodeOptions options)
    {
        this.random = random;
        this.task = task;
        copies = random.Chance(options.CopyShare) ? 0.3 + 0.5 * random.NextDouble() : 0;
        noise = random.Chance(options.NoiseShare) ? 0.05 + 0.05 * random.NextDouble() : 0;
        blocks = random.Chance(options.BlockShare);
        var skewed = random.Chance(options.SkewShare);
        weights = [.. task.Labels.Select(_ => skewed ? Math.Exp(random.NextNormal() * 0.8) : 1)];
        inTurn = !skewed && random.Chance(0.5);
    }

    public List<(string Text, int Label)> Draw(int count)
    {
        var labels = Labels(count);
        var rows = new List<(string Text, int Label)>(count);
        foreach (var label in labels)
        {
            // A copy repeats the label that was shown, wrong or not.
            var earlier = rows.FindAll(r => r.Label == label);
            if (earlier.Count > 0 && random.Chance(copies))
                rows.Add((NearCopy(random.Pick(earlier).Text), label));
            else
                rows.Add((task.Row(random, label).Text, random.Chance(noise) ? random.Next(weights.Length) : label));
        }

        return rows;
    }

    private int[] Labels(int count)
    {
        var labels = new int[count];
        for (var i = 0; i < count; i++)
            labels[i] = inTurn ? i % weights.Length : random.Weighted(weights);
        if (inTurn)
            ShuffleRounds(labels);
        if (blocks)
            Array.Sort(labels, 0, Math.Max(0, count - 3));
        return labels;
    }

    /// <summary>Each label once in every round, in an order of the round's own.</summary>
    private void ShuffleRounds(int[] labels)
    {
        for (var i = 0; i < labels.Length; i += weights.Length)
            random.Shuffle(labels.AsSpan(i, Math.Min(weights.Length, labels.Length - i)));
    }

    /// <summary>The same text, or without one of its words.</summary>
    private string NearCopy(string text)
    {
        var words = text.Split(' ');
        if (words.Length < 5 || random.Chance(0.5))
            return text;
        var drop = random.Next(words.Length);
        return string.Join(' ', words.Where((_, i) => i != drop));
    }
}
