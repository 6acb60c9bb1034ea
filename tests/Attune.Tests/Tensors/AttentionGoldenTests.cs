using System.Text.Json;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Attention and its gradients against the goldens of a reference framework, every case; a mask is a bias of −∞.</summary>
[Trait("Category", "Goldens")]
public sealed class AttentionGoldenTests
{
    [SkippableFact]
    public void Attention_EveryGolden_WithinTolerance()
    {
        TestFolders.Fixture("operations");
        var run = 0;
        foreach (var folder in TestFolders.AllFixtures("operations"))
        {
            var goldens = new AttentionGoldens(folder, "scaled_dot_product_attention");
            foreach (var golden in goldens.Cases)
            {
                Compare(goldens, golden);
                run++;
            }
        }
        Assert.True(run > 0, "no case was found");
    }

    [SkippableFact]
    public void AlibiSlopes_EveryGolden_Exact()
    {
        TestFolders.Fixture("operations");
        foreach (var folder in TestFolders.AllFixtures("operations"))
        {
            var goldens = new AttentionGoldens(folder, "alibi");
            foreach (var golden in goldens.Cases)
            {
                var expected = goldens.Values(golden.GetProperty("case").GetString() + ".y64");
                Assert.Equal(expected, AttentionAlibi.Slopes(expected.Length));
            }
        }
    }

    private static void Compare(AttentionGoldens goldens, JsonElement golden)
    {
        var name = golden.GetProperty("case").GetString()!;
        var options = golden.GetProperty("attributes");
        var (xs, ks) = (goldens.Shape(name + ".x0"), goldens.Shape(name + ".x1"));
        var shape = new AttentionShape(xs[1], ks[1], xs[3],
            options.TryGetProperty("scale", out var scale) ? scale.GetSingle() : 1 / MathF.Sqrt(xs[3]),
            options.TryGetProperty("causal", out var causal) && causal.GetBoolean(),
            options.TryGetProperty("window", out var window) ? window.GetInt32() : 0,
            options.TryGetProperty("cap", out var cap) ? cap.GetSingle() : 0);
        var ranges = Enumerable.Range(0, xs[0]).Select(b => new AttentionRange(b * xs[2], xs[2], b * ks[2], ks[2])).ToArray();
        float[] Rows(string tensor) => Transpose(goldens.Values($"{name}.{tensor}"), goldens.Shape($"{name}.{tensor}"));
        var (y, gradients) = AttentionBackwardTests.Run(shape, ranges, [Rows("x0"), Rows("x1"), Rows("x2")], Rows("gy"), [true, true, true], Bias(goldens, name, xs, ks[2]));
        // A sum of HeadDim products; gradients ten times as much.
        var tolerance = Math.Max(2e-5 * Math.Sqrt(xs[3]), 2 * golden.GetProperty("float32_error").GetDouble());
        Close($"{name} y", Rows("y64"), y, tolerance);
        for (var i = 0; i < 3; i++)
            Close($"{name} gx{i}", Rows($"gx{i}"), gradients[i]!, 10 * tolerance);
    }

    /// <summary>The case's bias and mask as numbers of each row of q, [rows, heads·keys]; null where it has neither.</summary>
    private static float[]? Bias(AttentionGoldens goldens, string name, int[] xs, int keys)
    {
        var given = new[] { "w.bias", "w.mask" }.Select(w => $"{name}.{w}").Where(goldens.Has).ToArray();
        if (given.Length == 0)
            return null;
        var (heads, tokens) = (xs[1], xs[2]);
        var bias = new float[xs[0] * tokens * heads * keys];
        foreach (var tensor in given)
        {
            var (values, shape) = (goldens.Values(tensor), goldens.Shape(tensor));
            for (var i = 0; i < bias.Length; i++)
            {
                int[] at = [i / (keys * heads * tokens), i / keys % heads, i / (keys * heads) % tokens, i % keys];
                var place = at.Zip(shape, (a, n) => (Index: n == 1 ? 0 : a, Count: n)).Aggregate(0, (sum, x) => sum * x.Count + x.Index);
                bias[i] += !tensor.EndsWith("mask", StringComparison.Ordinal) ? values[place] : values[place] == 0 ? float.NegativeInfinity : 0;
            }
        }
        return bias;
    }

    private static void Close(string what, float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what}[{i}] is {actual[i]}, expected {expected[i]} within {tolerance}");
    }

    /// <summary>[batch, heads, tokens, dim] as rows of tokens, [batch·tokens, heads·dim].</summary>
    private static float[] Transpose(float[] x, int[] shape)
    {
        var (heads, tokens, dim) = (shape[1], shape[2], shape[3]);
        return Enumerable.Range(0, x.Length).Select(i =>
        {
            var (row, column) = Math.DivRem(i, heads * dim);
            var (batch, token) = Math.DivRem(row, tokens);
            var (head, d) = Math.DivRem(column, dim);
            return x[((batch * heads + head) * tokens + token) * dim + d];
        }).ToArray();
    }
}
