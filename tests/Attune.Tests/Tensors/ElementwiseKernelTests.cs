using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;

namespace Attune.Tests.Tensors;

/// <summary>Element-wise kernels against plain functions: lengths 0–256, odd shapes, guarded memory, NaN and infinities.</summary>
public unsafe class ElementwiseKernelTests
{
    private delegate void Kernel(Tensor a, Tensor b, Tensor y);

    private static readonly Dictionary<string, (Kernel Run, Func<double, double, double, double> Reference)> Binary = new()
    {
        ["Add"] = (Elementwise.Add, (a, b, y) => a + b),
        ["AddTo"] = ((a, b, y) => Elementwise.AddTo(a, y), (a, b, y) => a + y),
        ["Subtract"] = (Elementwise.Subtract, (a, b, y) => a - b),
        ["Multiply"] = (Elementwise.Multiply, (a, b, y) => a * b),
        ["AddProduct"] = (Elementwise.AddProduct, (a, b, y) => a * b + y),
        ["Scale"] = ((a, b, y) => Elementwise.Scale(a, 1.5f, y), (a, b, y) => a * 1.5),
        ["AddScaled"] = ((a, b, y) => Elementwise.AddScaled(a, -0.5f, y), (a, b, y) => a * -0.5 + y),
        ["AddConstant"] = ((a, b, y) => Elementwise.AddConstant(3, y), (a, b, y) => y + 3),
        ["AddScaledDifference"] = ((a, b, y) => Elementwise.AddScaledDifference(a, b, 2, y), (a, b, y) => (a - b) * 2 + y),
        ["SwiGlu"] = (SwiGlu.Forward, (a, b, y) => ReferenceFunctions.Silu(a) * b),
    };

    private static readonly Dictionary<string, (Action<Tensor, Tensor> Run, Func<double, double> Reference, Action<Tensor, Tensor, Tensor> Back, Func<double, double> Slope)> Functions = new()
    {
        ["Silu"] = (Activation<Activations.Silu>.Forward, ReferenceFunctions.Silu, Activation<Activations.Silu>.Backward, ReferenceFunctions.SiluSlope),
        ["Sigmoid"] = (Activation<Activations.Sigmoid>.Forward, ReferenceFunctions.Sigmoid, Activation<Activations.Sigmoid>.Backward, ReferenceFunctions.SigmoidSlope),
        ["Tanh"] = (Activation<Activations.Tanh>.Forward, Math.Tanh, Activation<Activations.Tanh>.Backward, ReferenceFunctions.TanhSlope),
        ["Relu"] = (Activation<Activations.Relu>.Forward, ReferenceFunctions.Relu, Activation<Activations.Relu>.Backward, ReferenceFunctions.ReluSlope),
        ["Gelu"] = (Activation<Gelu.ByErf>.Forward, ReferenceFunctions.Gelu, Activation<Gelu.ByErf>.Backward, ReferenceFunctions.GeluSlope),
        ["Gelu by tanh"] = (Activation<Gelu.ByTanh>.Forward, ReferenceFunctions.GeluByTanh, Activation<Gelu.ByTanh>.Backward, ReferenceFunctions.GeluByTanhSlope),
        ["Exp"] = ((x, y) => Function<Functions.Exp>.Forward(x, 0, 0, y), Math.Exp, (x, dy, dx) => Function<Functions.Exp>.Backward(x, 0, 0, dy, dx), Math.Exp),
        ["Log"] = ((x, y) => Function<Functions.Log>.Forward(x, 0, 0, y), Math.Log, (x, dy, dx) => Function<Functions.Log>.Backward(x, 0, 0, dy, dx), x => (float)(1 / x)),
        ["Sqrt"] = ((x, y) => Function<Functions.Sqrt>.Forward(x, 0, 0, y), Math.Sqrt, (x, dy, dx) => Function<Functions.Sqrt>.Backward(x, 0, 0, dy, dx), x => 0.5 / Math.Sqrt(x)),
        ["Square"] = ((x, y) => Function<Functions.Square>.Forward(x, 0, 0, y), x => x * x, (x, dy, dx) => Function<Functions.Square>.Backward(x, 0, 0, dy, dx), x => 2 * x),
        ["Abs"] = ((x, y) => Function<Functions.Abs>.Forward(x, 0, 0, y), Math.Abs, (x, dy, dx) => Function<Functions.Abs>.Backward(x, 0, 0, dy, dx), x => x > 0 ? 1 : x < 0 ? -1 : 0),
        ["Clamp"] = ((x, y) => Function<Functions.Clamp>.Forward(x, -1, 2, y), x => x < -1 ? -1 : x > 2 ? 2 : x, (x, dy, dx) => Function<Functions.Clamp>.Backward(x, -1, 2, dy, dx), x => x < -1 || x > 2 ? 0 : 1),
        ["AddScalar"] = ((x, y) => Function<Functions.AddScalar>.Forward(x, 3, 0, y), x => x + 3, (x, dy, dx) => Function<Functions.AddScalar>.Backward(x, 3, 0, dy, dx), _ => 1),
        ["SquaredRelu"] = ((x, y) => Function<Functions.SquaredRelu>.Forward(x, 0, 0, y), x => x < 0 ? 0 : x * x, (x, dy, dx) => Function<Functions.SquaredRelu>.Backward(x, 0, 0, dy, dx), x => x < 0 ? 0 : 2 * x),
        ["LeakyRelu"] = ((x, y) => Function<Functions.LeakyRelu>.Forward(x, 0.25f, 0, y), x => x > 0 ? x : 0.25 * x, (x, dy, dx) => Function<Functions.LeakyRelu>.Backward(x, 0.25f, 0, dy, dx), x => x > 0 ? 1 : 0.25),
        ["Softplus"] = ((x, y) => Function<Functions.Softplus>.Forward(x, 1, 20, y), x => x > 20 ? x : Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))), (x, dy, dx) => Function<Functions.Softplus>.Backward(x, 1, 20, dy, dx), x => x > 20 ? 1 : ReferenceFunctions.Sigmoid(x)),
        ["SoftCap"] = ((x, y) => Function<Functions.SoftCap>.Forward(x, 30, 1 / 30f, y), x => 30 * Math.Tanh(x / 30), (x, dy, dx) => Function<Functions.SoftCap>.Backward(x, 30, 1 / 30f, dy, dx), x => ReferenceFunctions.TanhSlope(x / 30)),
        ["QuickGelu"] = (Activation<Gelu.Quick>.Forward, ReferenceFunctions.QuickGelu, Activation<Gelu.Quick>.Backward, ReferenceFunctions.QuickGeluSlope),
    };

    public static TheoryData<string> BinaryNames => [.. Binary.Keys];

    public static TheoryData<string> FunctionNames => [.. Functions.Keys];

    [Theory, MemberData(nameof(BinaryNames))]
    public void Kernel_OnAnyShape_EqualsReference(string name)
    {
        var (run, reference) = Binary[name];
        foreach (var (rows, columns) in KernelCheck.Shapes)
        {
            var n = rows * columns;
            float[] a = KernelCheck.WithSpecials(n, 1), b = KernelCheck.Normal(n, 2), y = KernelCheck.Normal(n, 3);
            using GuardedMatrix ga = new(a, rows, columns), gb = new(b, rows, columns), gy = new(y, rows, columns);
            run(ga.Tensor, gb.Tensor, gy.Tensor);
            KernelCheck.Equal($"{name} [{rows}, {columns}]", a.Select((v, i) => reference(v, b[i], y[i])).ToArray(), gy.Values, 1e-6, 1e-6);
        }
    }

    [Theory, MemberData(nameof(FunctionNames))]
    public void Activation_OnAnyShape_EqualsReference(string name)
    {
        var (run, reference, back, slope) = Functions[name];
        foreach (var (rows, columns) in KernelCheck.Shapes)
        {
            var n = rows * columns;
            float[] x = KernelCheck.WithSpecials(n, 1), dy = KernelCheck.Normal(n, 2), dx = KernelCheck.Normal(n, 3);
            using GuardedMatrix gx = new(x, rows, columns), gdy = new(dy, rows, columns), gdx = new(dx, rows, columns), y = new(rows, columns);
            run(gx.Tensor, y.Tensor);
            KernelCheck.Equal($"{name} [{rows}, {columns}]", x.Select(v => reference(v)).ToArray(), y.Values, 1e-6, 1e-6);
            back(gx.Tensor, gdy.Tensor, gdx.Tensor);
            KernelCheck.Equal($"{name} backward [{rows}, {columns}]", x.Select((v, i) => dx[i] + dy[i] * slope(v)).ToArray(), gdx.Values, 2e-6, 2e-6);
        }
    }

    [Fact]
    public void SwiGlu_Backward_EqualsReference()
    {
        foreach (var (rows, columns) in KernelCheck.Shapes)
        {
            var n = rows * columns;
            float[] g = KernelCheck.WithSpecials(n, 1), u = KernelCheck.Normal(n, 2), dy = KernelCheck.Normal(n, 3);
            using GuardedMatrix gg = new(g, rows, columns), gu = new(u, rows, columns), gdy = new(dy, rows, columns), dg = new(rows, columns), du = new(rows, columns);
            SwiGlu.Backward(gg.Tensor, gu.Tensor, gdy.Tensor, dg.Data, du.Data);
            KernelCheck.Equal("dGate", g.Select((v, i) => dy[i] * (double)u[i] * ReferenceFunctions.SiluSlope(v)).ToArray(), dg.Values, 2e-6, 4e-6);
            // silu(−∞) is NaN as a quotient and as a product.
            KernelCheck.Equal("dUp", g.Select((v, i) => dy[i] * ReferenceFunctions.Silu(v)).ToArray(), du.Values, 2e-6, 2e-6);
        }
    }

    [Fact]
    public void Binary_WithRowColumnOrOneNumber_EqualsReference()
    {
        foreach (var (rows, columns) in KernelCheck.Shapes)
            foreach (var (m, n) in new[] { (rows, columns), (1, columns), (rows, 1), (1, 1) })
            {
                float[] a = KernelCheck.WithSpecials(rows * columns, 1), b = KernelCheck.Normal(m * n, 2), dy = KernelCheck.Normal(rows * columns, 3);
                using GuardedMatrix ga = new(a, rows, columns), gb = new(b, m, n), gdy = new(dy, rows, columns), y = new(rows, columns), back = new(rows, columns), db = new(rows, columns);
                double At(int i) => b[(m == 1 ? 0 : i / columns) * n + (n == 1 ? 0 : i % columns)];
                Binary<BinaryFunctions.Quotient>.Forward(ga.Tensor, gb.Tensor, y.Tensor);
                KernelCheck.Equal($"quotient [{rows}, {columns}] by [{m}, {n}]", a.Select((v, i) => v / At(i)).ToArray(), y.Values, 1e-6, 1e-6);
                Binary<BinaryFunctions.Difference>.Forward(gb.Tensor, ga.Tensor, back.Tensor);
                KernelCheck.Equal($"difference of [{m}, {n}] and [{rows}, {columns}]", a.Select((v, i) => At(i) - v).ToArray(), back.Values, 1e-6, 1e-6);
                Binary<BinaryFunctions.Product>.BackwardB(ga.Tensor, gb.Tensor, gdy.Tensor, db.Tensor);
                KernelCheck.Equal($"gradient of [{m}, {n}]", a.Select((v, i) => (double)dy[i] * v).ToArray(), db.Values, 1e-6, 1e-6);
            }
    }

    [Fact]
    public void RowKernels_OnAnyShape_EqualReference()
    {
        foreach (var (rows, columns) in KernelCheck.Shapes)
        {
            var n = rows * columns;
            float[] x = KernelCheck.WithSpecials(n, 1), r = KernelCheck.Normal(columns, 2), s = KernelCheck.Normal(n, 3);
            using GuardedMatrix gx = new(x, rows, columns), gr = new(r, 1, columns), gs = new(s, rows, columns), y = new(rows, columns);
            Elementwise.AddRow(gx.Tensor, gr.Tensor, y.Tensor);
            KernelCheck.Equal("AddRow", x.Select((v, i) => (double)v + r[i % columns]).ToArray(), y.Values, 1e-6, 1e-6);
            Elementwise.MultiplyRow(gx.Tensor, gr.Tensor, y.Tensor);
            KernelCheck.Equal("MultiplyRow", x.Select((v, i) => (double)v * r[i % columns]).ToArray(), y.Values, 1e-6, 1e-6);
            Elementwise.AddProductRow(gx.Tensor, gr.Tensor, gs.Tensor);
            KernelCheck.Equal("AddProductRow", x.Select((v, i) => (double)v * r[i % columns] + s[i]).ToArray(), gs.Values, 1e-6, 1e-6);
        }
    }
}
