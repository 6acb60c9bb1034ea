using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;

namespace Attune.Tests.Tensors;

/// <summary>A product C (+)= A·B of bfloat16 factors: its numbers, where they stand, and what its outputs must be.</summary>
internal sealed unsafe class BrainProductCase
{
    private readonly bool accumulate;
    private readonly Layout layout;
    private readonly int k;

    /// <param name="whole">Small whole numbers, whose sums are exact in any order; else normal ones.</param>
    public BrainProductCase(int rows, int columns, int k, bool accumulate, Layout layout, bool whole = false)
    {
        (Rows, Columns, this.k, this.accumulate, this.layout) = (rows, columns, k, accumulate, layout);
        var random = new SeededRandom((ulong)(rows + 100 * columns + 100_000 * k));
        float[] Values(int count) => whole ? [.. Enumerable.Range(0, count).Select(_ => (float)(random.Next(17) - 8))] : TestTensors.Normal(random, count);
        // What stands between the rows of a strided matrix is not finite, so that reading it shows.
        A = Enumerable.Repeat(float.NaN, (int)(IndexOfA(rows - 1, k - 1) + 1)).ToArray();
        foreach (var (r, i) in Places(rows, k))
            A[IndexOfA(r, i)] = Values(1)[0];
        B = Values(columns * k);
        C = Values(rows * columns);
    }

    /// <summary>How A stands in memory.</summary>
    public enum Layout
    {
        Rows,
        StridedRows,
        StridedColumns,
    }

    public int Rows { get; }

    public int Columns { get; }

    public float[] A { get; }

    public float[] B { get; }

    /// <summary>What stands in C before.</summary>
    public float[] C { get; }

    public override string ToString() => $"[{Rows}, {k}] x [{k}, {Columns}] {layout}{(accumulate ? " added" : "")}";

    /// <summary>C after the product; or its one row, computed alone.</summary>
    public float[] Product(int? row = null)
    {
        using var memory = new Arena();
        var c = row is { } only ? C[(only * Columns)..((only + 1) * Columns)] : (float[])C.Clone();
        fixed (float* pa = A, pb = B, pc = c)
            Multiply(row is null ? Rows : 1, pa + IndexOfA(row ?? 0, 0), pb, pc, memory);
        return c;
    }

    public void Multiply(int rows, float* a, float* b, float* c, Arena memory)
    {
        // Every other product has B transposed.
        var source = layout == Layout.StridedRows ? RowMajorPanels.Over(b, Columns, 1, k) : RowMajorPanels.Over(b, Columns, Columns, 1);
        BrainProduct.Multiply(rows, Columns, k, a, IndexOfA(1, 0), IndexOfA(0, 1), source, c, Columns, accumulate, memory);
    }

    /// <summary>
    /// The output in double, and how far a chain of float32 may be from it. The products of bfloat16 numbers are exact in float32, so each pair is
    /// added with two roundings, each at most 2⁻²⁴ of the sum that it rounds: s + p + q, and s + p, s + q or p + q, in whichever order the instruction
    /// adds. In all never above n·2⁻²⁴·(|c| + Σ|a·b|) for n terms, and far less where signs alternate.
    /// </summary>
    public (double Value, double Bound) Expected(int row, int column)
    {
        double sum = accumulate ? C[row * Columns + column] : 0, bound = 0;
        for (var i = 0; i < k; i += 2)
        {
            var (p, q) = (Term(row, i, column), i + 1 < k ? Term(row, i + 1, column) : 0);
            bound += Math.Max(Math.Abs(p + q), Math.Max(Math.Abs(sum + p), Math.Abs(sum + q)));
            sum += p + q;
            bound += Math.Abs(sum);
        }
        // The sums that are rounded have errors themselves: of second order, n·2⁻²⁴ < 0.001.
        return (sum, 1.001 * Math.ScaleB(bound, -24));
    }

    private static IEnumerable<(int Row, int Column)> Places(int rows, int columns) =>
        from r in Enumerable.Range(0, rows) from c in Enumerable.Range(0, columns) select (r, c);

    private double Term(int row, int i, int column) =>
        (double)ReferenceFastProduct.Brain(A[IndexOfA(row, i)]) * ReferenceFastProduct.Brain(B[layout == Layout.StridedRows ? column * k + i : i * Columns + column]);

    private long IndexOfA(int row, int i) => layout switch
    {
        Layout.Rows => (long)row * k + i,
        Layout.StridedRows => (long)row * (k + 7) + i,
        _ => (long)i * (Rows + 3) + row,
    };
}
