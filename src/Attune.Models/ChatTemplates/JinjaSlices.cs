namespace Attune.Models.ChatTemplates;

/// <summary>Python's [start:stop:step].</summary>
internal static class JinjaSlices
{
    public static List<T> Take<T>(IReadOnlyList<T> items, long? start, long? stop, long step)
    {
        if (step == 0)
            throw new JinjaError("the step of a slice is zero");
        step = Math.Clamp(step, -int.MaxValue, int.MaxValue);
        var (lowest, highest) = step > 0 ? (0L, (long)items.Count) : (-1L, items.Count - 1L);
        var from = start is { } s ? Clamp(s) : step > 0 ? lowest : highest;
        var to = stop is { } e ? Clamp(e) : step > 0 ? highest : lowest;
        var result = new List<T>();
        for (var i = from; step > 0 ? i < to : i > to; i += step)
            result.Add(items[(int)i]);
        return result;

        long Clamp(long index) => Math.Clamp(index < 0 ? index + items.Count : index, lowest, highest);
    }
}
