namespace Attune.Tensors.Autograd;

public static class EinsumOperation
{
    /// <summary>
    /// A sum of products over named axes, such as "bij,bjk->bik": an axis that the result does not name is summed over; a letter twice in one input is its diagonal. It is put
    /// together from rearrangements and one product of blocks. Result: the elements in the order of the named axes, the last of them as columns.
    /// </summary>
    public static Tensor Einsum(this Graph graph, string equation, Tensor a, ReadOnlySpan<int> shapeA, Tensor b, ReadOnlySpan<int> shapeB)
    {
        var parts = equation.Replace("->", ",", StringComparison.Ordinal).Split(',');
        if (parts.Length != 3)
            throw new ArgumentException($"Einsum: '{equation}' does not name two inputs and a result, such as ij,jk->ik");
        var sizes = new Dictionary<char, int>();
        var left = Distinct(parts[0], shapeA, sizes, out var mapA);
        var right = Distinct(parts[1], shapeB, sizes, out var mapB);
        var result = parts[2];
        if (result.Distinct().Count() != result.Length || result.Any(letter => !sizes.ContainsKey(letter)))
            throw new ArgumentException($"Einsum: the result of '{equation}' names an axis twice, or one that no input has");
        // Sums over what only one input has.
        (a, left) = Summed(graph, graph.Rearrange(a, mapA), left, right + result, sizes);
        (b, right) = Summed(graph, graph.Rearrange(b, mapB), right, left + result, sizes);
        var both = string.Concat(left.Where(right.Contains));
        var blocks = string.Concat(both.Where(result.Contains));
        var inner = string.Concat(both.Where(letter => !result.Contains(letter)));
        var rows = string.Concat(left.Where(letter => !right.Contains(letter)));
        var columns = string.Concat(right.Where(letter => !left.Contains(letter)));
        int Size(string letters) => letters.Aggregate(1, (n, letter) => n * sizes[letter]);
        var first = Ordered(graph, a, left, blocks + rows + inner, sizes).Reshape(Size(blocks + rows), Size(inner));
        var second = Ordered(graph, b, right, blocks + columns + inner, sizes).Reshape(Size(blocks + columns), Size(inner));
        return Ordered(graph, graph.BatchedProduct(first, second, Size(blocks), transposed: true), blocks + rows + columns, result, sizes);
    }

    /// <summary>The letters once each, and the map that takes the diagonals.</summary>
    private static string Distinct(string letters, ReadOnlySpan<int> shape, Dictionary<char, int> sizes, out ElementMap map)
    {
        if (letters.Length != shape.Length)
            throw new ArgumentException($"Einsum: '{letters}' names {letters.Length} axes of an input that has {shape.Length}");
        for (var i = 0; i < letters.Length; i++)
            if (!sizes.TryAdd(letters[i], shape[i]) && sizes[letters[i]] != shape[i])
                throw new ArgumentException($"Einsum: axis {letters[i]} is {sizes[letters[i]]} long in one place and {shape[i]} in another");
        map = ElementMap.Of(shape);
        for (var i = 0; i < letters.Length; i++)
            if (letters.IndexOf(letters[i], i + 1) is > 0 and var other)
            {
                map = map.Diagonal(i, other);
                letters = letters.Remove(other, 1).Remove(i, 1) + letters[i];
                i = -1;
            }
        return letters;
    }

    private static (Tensor X, string Letters) Summed(Graph graph, Tensor x, string letters, string wanted, Dictionary<char, int> sizes)
    {
        var kept = string.Concat(letters.Where(wanted.Contains));
        var gone = string.Concat(letters.Where(letter => !wanted.Contains(letter)));
        if (gone.Length == 0)
            return (x, letters);
        var last = gone.Aggregate(1, (n, letter) => n * sizes[letter]);
        x = Ordered(graph, x, letters, kept + gone, sizes);
        return (graph.RowSum(x.Reshape((int)(x.Count / last), last)), kept);
    }

    private static Tensor Ordered(Graph graph, Tensor x, string letters, string order, Dictionary<char, int> sizes)
    {
        var map = ElementMap.Of([.. letters.Select(letter => sizes[letter])]);
        return graph.Rearrange(x, letters == order ? map : map.Permute([.. order.Select(letter => letters.IndexOf(letter, StringComparison.Ordinal))]));
    }
}
