using Attune.Models.Files;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors.Weights;

public sealed class WeightMatrixTests
{
    public static TheoryData<WeightFormat> Formats => [.. Enum.GetValues<WeightFormat>()];

    [SkippableTheory]
    [MemberData(nameof(Formats))]
    [Trait("Category", "Goldens")]
    public void ReadRow_PackedByGguf_EqualsItsValuesBitForBit(WeightFormat format)
    {
        var name = format.ToString().ToLowerInvariant();
        Skip.If(format == WeightFormat.F32, "float32 has no packed form");
        using var file = SafetensorsFile.Open(TestFolders.Fixture($"quantisation/{name}.safetensors"));
        foreach (var (packed, values) in new[] { ("packed", "values"), ("random_packed", "random_values") })
        {
            if (!file.Tensors.ContainsKey(packed))
                continue;
            var expected = file.Tensors[values];
            var (rows, columns) = ((int)expected.Info.Shape[0], (int)expected.Info.Shape[1]);
            using var matrix = WeightMatrix.Create(format, rows, columns, Bytes(file.Tensors[packed]));
            var wanted = expected.ToFloat32();
            var row = new float[columns];
            for (var r = 0; r < rows; r++)
            {
                matrix.ReadRow(r, row);
                for (var c = 0; c < columns; c++)
                    Assert.True(wanted[r * columns + c] == row[c] || float.IsNaN(wanted[r * columns + c]) && float.IsNaN(row[c]), $"{format} {values} [{r},{c}]: {row[c]} for {wanted[r * columns + c]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Linear_AnyShape_EqualsFloat64ProductAndItsGradient(WeightFormat format)
    {
        var random = new SeededRandom(4);
        foreach (var (m, n, k) in new[] { (1, 1, 32), (3, 17, 64), (5, 33, 96), (13, 48, 288), (30, 20, 576) })
        {
            using var matrix = Random(format, n, k, random);
            var w = Rows(matrix);
            using var graph = new Graph(recording: true);
            using var parameter = new Parameter("x", m, k);
            Fill(parameter.Value, random);
            var x = graph.Use(parameter);
            var y = graph.Linear(x, matrix);
            for (var i = 0; i < m; i++)
                for (var j = 0; j < n; j++)
                {
                    double sum = 0, size = 0;
                    for (var l = 0; l < k; l++)
                    {
                        sum += (double)x[i][l] * w[j][l];
                        size += Math.Abs((double)x[i][l] * w[j][l]);
                    }
                    Assert.True(Math.Abs(sum - y[i][j]) <= 1e-5 * size + 1e-6, $"{format} {m}×{n}×{k} [{i},{j}]: {y[i][j]} for {sum}");
                }
            graph.Backward(y);
            // With an upstream gradient of ones, dx[i,l] = Σ_j w[j,l].
            for (var l = 0; l < k; l++)
            {
                var sum = w.Sum(r => (double)r[l]);
                Assert.True(Math.Abs(sum - parameter.Gradient[m - 1][l]) <= 1e-5 * w.Sum(r => Math.Abs((double)r[l])) + 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Linear_RowAlone_SameBitsAsAmongOthers(WeightFormat format)
    {
        var random = new SeededRandom(9);
        using var matrix = Random(format, 70, 320, random);
        using var graph = new Graph(recording: false);
        var x = graph.Persistent.Matrix(29, 320);
        Fill(x, random);
        var all = graph.Linear(x, matrix).Span.ToArray();
        for (var r = 0; r < x.Rows; r++)
            Assert.Equal(all[(r * 70)..((r + 1) * 70)], graph.Linear(x.Slice(r, 1), matrix).Span.ToArray());
    }

    [Fact]
    public void Create_RowsNotWholeBlocks_SaysSo()
    {
        var e = Assert.Throws<ArgumentException>(() => WeightMatrix.Create(WeightFormat.Q4_1, 1, 33, new byte[40]));
        Assert.Contains("33", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(StoredTensor tensor)
    {
        unsafe
        {
            return new ReadOnlySpan<byte>(tensor.Data, (int)tensor.Info.Bytes).ToArray();
        }
    }

    private static float[][] Rows(WeightMatrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(r =>
    {
        var row = new float[matrix.Columns];
        matrix.ReadRow(r, row);
        return row;
    })];

    /// <summary>Random codes with small scales.</summary>
    private static WeightMatrix Random(WeightFormat format, int rows, int columns, SeededRandom random)
    {
        if (format == WeightFormat.F32)
            return WeightMatrix.Create(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => (float)random.NextNormal())]);
        var type = Enum.Parse<TensorType>(format.ToString());
        var values = Enumerable.Range(0, rows * columns).Select(_ => (float)random.NextNormal()).ToArray();
        var packed = new byte[TensorTypes.Bytes(type, values.Length)];
        Quantiser.Quantise(type, values, packed);
        return WeightMatrix.Create(format, rows, columns, packed);
    }

    private static void Fill(Tensor tensor, SeededRandom random)
    {
        foreach (ref var v in tensor.Span)
            v = (float)random.NextNormal();
    }
}
