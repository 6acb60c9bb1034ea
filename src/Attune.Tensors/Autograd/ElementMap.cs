namespace Attune.Tensors.Autograd;

/// <summary>
/// Where each element of a rearranged array comes from: axes permuted, cut, repeated, padded … before <see cref="RearrangeOperation.Rearrange"/> moves the elements
/// once. Elements are counted with the last axis running fastest, so a matrix [M, N] is the array [A, B, N] with A·B = M.
/// </summary>
public sealed class ElementMap
{
    private readonly int[] shape;
    private readonly int[] places;

    private ElementMap(int sources, int[] shape, int[] places) => (Sources, this.shape, this.places) = (sources, shape, places);

    /// <summary>Elements of the array that is read.</summary>
    public int Sources { get; }

    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The place that each element comes from; −1 where it is filled in.</summary>
    public ReadOnlySpan<int> Places => places;

    /// <summary>The array itself.</summary>
    public static ElementMap Of(params ReadOnlySpan<int> shape)
    {
        var places = new int[Count(shape)];
        for (var i = 0; i < places.Length; i++)
            places[i] = i;
        return new ElementMap(places.Length, shape.ToArray(), places);
    }

    /// <summary>The same elements in the same order.</summary>
    public ElementMap Reshape(params ReadOnlySpan<int> other) => Count(other) == places.Length ? new ElementMap(Sources, other.ToArray(), places)
        : throw new ArgumentException($"Reshape: {places.Length} elements do not fit [{string.Join(", ", other.ToArray())}]");

    /// <summary>Axis a of the result is axis order[a].</summary>
    public ElementMap Permute(params ReadOnlySpan<int> order)
    {
        if (!order.ToArray().Order().SequenceEqual(Enumerable.Range(0, shape.Length)))
            throw new ArgumentException($"Permute: [{string.Join(", ", order.ToArray())}] does not name each of {shape.Length} axes once");
        var by = order.ToArray();
        return From([.. by.Select(a => shape[a])], (at, from) =>
        {
            for (var a = 0; a < by.Length; a++)
                from[by[a]] = at[a];
            return true;
        });
    }

    /// <summary>The <paramref name="count"/> places from <paramref name="start"/> on, each <paramref name="step"/> after the one before.</summary>
    public ElementMap Slice(int axis, int start, int count, int step = 1)
    {
        if (count > 0 && ((uint)start >= (uint)shape[axis] || (uint)(start + (count - 1) * step) >= (uint)shape[axis]))
            throw new ArgumentException($"Slice: {count} places from {start} by {step} leave an axis of {shape[axis]}");
        return Along(axis, count, i => start + i * step);
    }

    /// <summary>The axis backwards.</summary>
    public ElementMap Flip(int axis) => Along(axis, shape[axis], i => shape[axis] - 1 - i);

    /// <summary>The axis turned by so many places; what falls off the end comes in at the beginning.</summary>
    public ElementMap Roll(int axis, int by) => Along(axis, shape[axis], i => ((i - by) % shape[axis] + shape[axis]) % shape[axis]);

    /// <summary>The whole axis several times.</summary>
    public ElementMap Repeat(int axis, int times) => Along(axis, checked(shape[axis] * times), i => i % shape[axis]);

    /// <summary>Each place several times in a row.</summary>
    public ElementMap RepeatEach(int axis, int times) => Along(axis, checked(shape[axis] * times), i => i / times);

    /// <summary>Places before and after the axis that are filled in.</summary>
    public ElementMap Pad(int axis, int before, int after) => Along(axis, checked(before + shape[axis] + after), i => i < before || i >= before + shape[axis] ? -1 : i - before);

    /// <summary>Axes of 1, and axes that are missing in front, repeated to the given shape.</summary>
    public ElementMap Expand(params ReadOnlySpan<int> other)
    {
        var missing = other.Length - shape.Length;
        var fits = missing >= 0;
        for (var a = 0; fits && a < shape.Length; a++)
            fits = shape[a] == 1 || shape[a] == other[a + missing];
        if (!fits)
            throw new ArgumentException($"Expand: [{string.Join(", ", shape)}] cannot be repeated to [{string.Join(", ", other.ToArray())}]");
        return From(other.ToArray(), (at, from) =>
        {
            for (var a = 0; a < from.Length; a++)
                from[a] = shape[a] == 1 ? 0 : at[a + missing];
            return true;
        });
    }

    /// <summary>Of the last two axes, the elements on and below the diagonal (0 the main one, 1 the one above); the rest is filled in.</summary>
    public ElementMap Lower(int diagonal = 0) => Kept((row, column) => column - row <= diagonal);

    /// <summary>Of the last two axes, the elements on and above the diagonal; the rest is filled in.</summary>
    public ElementMap Upper(int diagonal = 0) => Kept((row, column) => column - row >= diagonal);

    /// <summary>The elements where two axes are at the same place; the axes go, and the diagonal comes last.</summary>
    public ElementMap Diagonal(int axis, int other)
    {
        int[] rest = [.. Enumerable.Range(0, shape.Length).Where(a => a != axis && a != other)];
        return From([.. rest.Select(a => shape[a]), Math.Min(shape[axis], shape[other])], (at, from) =>
        {
            for (var a = 0; a < rest.Length; a++)
                from[rest[a]] = at[a];
            from[axis] = from[other] = at[^1];
            return true;
        });
    }

    /// <summary>Windows of <paramref name="size"/> places along an axis, <paramref name="step"/> apart; the places of a window become the last axis.</summary>
    public ElementMap Unfold(int axis, int size, int step)
    {
        var windows = (shape[axis] - size) / step + 1;
        return From([.. shape.Select((n, a) => a == axis ? windows : n), size], (at, from) =>
        {
            at.AsSpan(0, from.Length).CopyTo(from);
            from[axis] = at[axis] * step + at[^1];
            return true;
        });
    }

    private ElementMap Along(int axis, int length, Func<int, int> place) => From([.. shape.Select((n, a) => a == axis ? length : n)], (at, from) =>
    {
        at.CopyTo(from, 0);
        return (from[axis] = place(at[axis])) >= 0;
    });

    private ElementMap Kept(Func<int, int, bool> keeps) => From(shape, (at, from) =>
    {
        at.CopyTo(from, 0);
        return keeps(at[^2], at[^1]);
    });

    /// <summary>An array of another shape; <paramref name="source"/> turns the place of an element into the one that it comes from, or says that there is none.</summary>
    private ElementMap From(int[] to, Func<int[], int[], bool> source)
    {
        var result = new int[Count(to)];
        var (at, from) = (new int[to.Length], new int[shape.Length]);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = -1;
            if (source(at, from))
            {
                var place = 0;
                for (var a = 0; a < shape.Length; a++)
                    place = place * shape[a] + from[a];
                result[i] = places[place];
            }
            for (var a = to.Length - 1; a >= 0 && ++at[a] == to[a]; a--)
                at[a] = 0;
        }
        return new ElementMap(Sources, to, result);
    }

    private static int Count(ReadOnlySpan<int> shape)
    {
        var count = 1;
        foreach (var n in shape)
            count = checked(count * n);
        return count;
    }
}
