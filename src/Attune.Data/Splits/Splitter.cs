using System.Globalization;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>
/// Draws the rows of a seed. Test rows depend on the seed and their number alone. One shuffle of the rows orders the labelled
/// ones, and every budget takes from its front: for each label, the rows of a smaller budget are the first of a larger one's.
/// </summary>
public static class Splitter
{
    /// <summary>Test rows drawn where there is no test file: a fifth, yet not fewer than this (or half, if that is less).</summary>
    private const int FewTestRows = 50;

    /// <exception cref="AttuneException">More shots or test rows are asked for than there are rows.</exception>
    public static Split Draw(Dataset dataset, int seed, SplitOptions options)
    {
        if (options.TestRows < 1)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{options.TestRows} test rows are wanted; give one at least with --test N."));
        var random = new SeededRandom(unchecked((ulong)seed)).Fork("split");
        var (test, pool) = dataset.Test is { } file
            ? (Sample(file, Math.Min(options.TestRows ?? file.Count, file.Count), random.Fork("test")), dataset.Train)
            : DrawTest(dataset.Train, options.TestRows, random.Fork("test"));
        var free = pool;
        if (!options.KeepLeaks)
        {
            var leaks = new Leaks(test);
            free = [.. pool.Where(e => !leaks.Shares(e))];
        }

        // The whole training set is shuffled, so that another number of test rows moves as few labelled rows as can be.
        var order = dataset.Train.ToArray();
        random.Fork("labelled").Shuffle<Example>(order);
        var kept = free.Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        var draw = new LabelledDraw([.. order.Where(e => kept.Contains(e.Id))], dataset.Task, pool.Count - free.Count);
        return new Split(seed, draw.Take(options.Shots, options.Natural, random.Fork("labels")), test, pool.Count - free.Count);
    }

    private static (IReadOnlyList<Example> Test, IReadOnlyList<Example> Pool) DrawTest(IReadOnlyList<Example> rows, int? wanted, SeededRandom random)
    {
        var count = wanted ?? Math.Max((rows.Count + 4) / 5, Math.Min(FewTestRows, rows.Count / 2));
        if (count >= rows.Count)
        {
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture,
                $"{count} test rows are wanted of {rows.Count} rows in all, which leaves none to fit on; give fewer with --test N, or a file of test rows with --test FILE."));
        }

        var test = Sample(rows, count, random);
        var drawn = test.Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        return (test, [.. rows.Where(e => !drawn.Contains(e.Id))]);
    }

    /// <summary>That many rows without replacement, in file order. A smaller sample is part of a larger one.</summary>
    private static IReadOnlyList<Example> Sample(IReadOnlyList<Example> rows, int count, SeededRandom random)
    {
        if (count == rows.Count)
            return rows;
        var places = Enumerable.Range(0, rows.Count).ToArray();
        random.Shuffle<int>(places);
        return [.. places.Take(count).Order().Select(i => rows[i])];
    }
}
