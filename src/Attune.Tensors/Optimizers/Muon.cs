using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Muon (Jordan et al. 2024): m ← μ·m + (1 − μ)·g; the direction, made nearly orthogonal by Newton and Schulz's iteration in float32, has singular values near 1;
/// θ ← (1 − ηλ)θ − η·scale·direction. For matrices only; train vectors, embeddings and heads by another optimizer.
/// </summary>
public sealed unsafe class Muon(MuonOptions options) : Optimizer(options)
{
    private readonly MuonOptions options = options;
    private readonly Arena memory = new(1 << 16);

    public Muon()
        : this(new MuonOptions())
    {
    }

    public override void Dispose()
    {
        memory.Dispose();
        base.Dispose();
    }

    private protected override IEnumerable<StatePart> Parts(int rows, int columns) =>
        rows > 1 && columns > 1 ? [new StatePart("first", rows * columns)]
            : throw new AttuneException($"Muon moves matrices only and a parameter is {rows}×{columns}; train it by AdamW");

    private protected override void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate)
    {
        var direction = memory.Matrix(slot.Rows, slot.Columns);
        var first = slot.Part(0);
        var momentum = options.Momentum;
        for (var i = 0; i < slot.Count; i++)
        {
            var g = Sign * gradient[i];
            first[i] = (float)(momentum * first[i] + (1 - momentum) * g);
            direction.Data[i] = (float)(options.Nesterov ? momentum * first[i] + (1 - momentum) * g : first[i]);
        }
        var orthogonal = Orthogonal(direction);
        var scale = options.MatchesAdamW ? 0.2 * Math.Sqrt(Math.Max(slot.Rows, slot.Columns)) : Math.Sqrt(Math.Max(1, (double)slot.Rows / slot.Columns));
        var kept = 1 - rate * DecayOf(slot);
        for (var i = 0; i < slot.Count; i++)
            parameter[i] = (float)(kept * parameter[i] - rate * scale * orthogonal.Data[i]);
        memory.Reset();
    }

    /// <summary>X ← a·X + (b·XXᵀ + c·(XXᵀ)²)·X from X = direction/‖direction‖, on the side on which XXᵀ is small.</summary>
    private Tensor Orthogonal(Tensor direction)
    {
        var tall = direction.Rows > direction.Columns;
        var x = tall ? Turned(direction) : direction;
        var length = Math.Sqrt(SquareSum.Of(x.Data, x.Count));
        Elementwise.Scale(x, (float)(1 / Math.Max(length, options.Epsilon)), x);
        var n = x.Rows;
        Tensor squares = memory.Matrix(n, n), mixed = memory.Matrix(n, n), next = memory.Matrix(n, x.Columns);
        for (var i = 0; i < options.Iterations; i++)
        {
            var (a, b, c) = options.Coefficients;
            MatrixProduct.Multiply(n, n, x.Columns, x.Data, x.Columns, 1, RowMajorPanels.Over(x.Data, n, 1, x.Columns), squares.Data, n, accumulate: false);
            MatrixProduct.Multiply(n, n, n, squares.Data, n, 1, RowMajorPanels.Over(squares.Data, n, n, 1), mixed.Data, n, accumulate: false);
            Elementwise.Scale(mixed, (float)c, mixed);
            Elementwise.AddScaled(squares, (float)b, mixed);
            MatrixProduct.Multiply(n, x.Columns, n, mixed.Data, n, 1, RowMajorPanels.Over(x.Data, x.Columns, x.Columns, 1), next.Data, x.Columns, accumulate: false);
            Elementwise.AddScaled(x, (float)a, next);
            (x, next) = (next, x);
        }
        return tall ? Turned(x) : x;
    }

    private Tensor Turned(Tensor x)
    {
        var y = memory.Matrix(x.Columns, x.Rows);
        Transposition.Matrix(x, y);
        return y;
    }
}
