using Attune.Data;
using Attune.Tensors;

namespace Attune.Methods.Prompt;

/// <summary>Draws demonstrations from labelled rows.</summary>
public static class DemonstrationDraw
{
    /// <summary>
    /// <paramref name="count"/> rows (or all, if there are fewer) in random order. Balanced: labels take turns, in random order, so that
    /// their counts differ by one at most where rows allow; otherwise every row is as likely as another.
    /// </summary>
    public static IReadOnlyList<Example> Draw(IReadOnlyList<Example> rows, int count, bool balanced, SeededRandom random)
    {
        var pool = rows.ToArray();
        random.Shuffle<Example>(pool);
        if (!balanced)
            return pool[..Math.Min(count, pool.Length)];
        var queues = pool.GroupBy(e => e.Label).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new Queue<Example>(g)).ToArray();
        random.Shuffle<Queue<Example>>(queues);
        var drawn = new List<Example>();
        while (drawn.Count < count && queues.Any(q => q.Count > 0))
            foreach (var queue in queues)
                if (drawn.Count < count && queue.TryDequeue(out var example))
                    drawn.Add(example);
        var order = drawn.ToArray();
        random.Shuffle<Example>(order);
        return order;
    }
}
