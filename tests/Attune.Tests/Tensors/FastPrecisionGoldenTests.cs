using Attune.Models.Files;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;
using Attune.Tensors.Weights;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Tensors;

[Trait("Category", "Goldens")]
public class FastPrecisionGoldenTests
{
    public static TheoryData<string> Files => FixtureFiles.Matching("quantisation", "*.safetensors", p => IsQuantised(p));

    /// <summary>Activations that are whole Q8_0 blocks become exactly those blocks, so the product is the golden's integer product.</summary>
    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void IntegerProduct_Q8Activations_EqualsTheGoldenDot(string path)
    {
        FixtureFiles.Require(path);
        using var file = SafetensorsFile.Open(path);
        var (x, codes) = Activations(QuantisationGoldens.Bytes(file.Tensors["x_q8_0"]));
        var p = new int[32];
        for (var i = 0; i < x.Length; i += 32)
        {
            ReferenceFastProduct.Quantise(x.AsSpan(i, 32), float.PositiveInfinity, p, new int[32]);
            Assert.Equal(codes[i..(i + 32)], p);
        }
        foreach (var prefix in (string[])["", "random_"])
        {
            var values = file.Tensors[prefix + "values"].ToFloat32();
            var expected = file.Tensors[prefix + "dot_q8_0"].ToFloat64();
            foreach (var (tier, y) in Products(file, path, prefix, x))
                for (var row = 0; row < y.Length; row++)
                {
                    var allowed = 2e-6 * Magnitude(values, x, row);
                    Assert.True(Math.Abs(y[row] - expected[row]) <= allowed, FormattableString.Invariant($"{tier} {prefix}row {row}: {y[row]:R}, expected {expected[row]:R} ± {allowed:R}"));
                }
        }
    }

    /// <summary>Rounding moves an activation by at most half a step, max/254 of its block.</summary>
    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void IntegerProduct_AnyActivations_StaysWithinHalfAStepOfTheExactDot(string path)
    {
        FixtureFiles.Require(path);
        using var file = SafetensorsFile.Open(path);
        var x = file.Tensors["x"].ToFloat32();
        foreach (var prefix in (string[])["", "random_"])
        {
            var values = file.Tensors[prefix + "values"].ToFloat32();
            var expected = file.Tensors[prefix + "dot"].ToFloat64();
            foreach (var (tier, y) in Products(file, path, prefix, x))
                for (var row = 0; row < y.Length; row++)
                {
                    var allowed = 1e-5 * Magnitude(values, x, row);
                    for (var i = 0; i < x.Length; i++)
                        allowed += Math.Abs(values[row * x.Length + i]) * x.AsSpan(i / 32 * 32, 32).ToArray().Max(Math.Abs) / 254.0;
                    Assert.True(Math.Abs(y[row] - expected[row]) <= allowed, FormattableString.Invariant($"{tier} {prefix}row {row}: {y[row]:R}, expected {expected[row]:R} ± {allowed:R}"));
                }
        }
    }

    private static IEnumerable<(IntegerTier Tier, float[] Y)> Products(SafetensorsFile file, string path, string prefix, float[] x)
    {
        var tensor = file.Tensors[prefix + "packed"];
        using var weight = WeightMatrix.Create(Format(path), (int)tensor.Info.Shape[0], x.Length, QuantisationGoldens.Bytes(tensor));
        foreach (var tier in Enum.GetValues<IntegerTier>().Where(IntegerTiers.IsSupported))
            yield return (tier, FastPrecisionCases.Product(weight, x, tier));
    }

    private static (float[] Values, int[] Codes) Activations(byte[] blocks)
    {
        var codes = new int[blocks.Length / 34 * 32];
        var values = new float[codes.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            var block = blocks.AsSpan(i / 32 * 34);
            codes[i] = (sbyte)block[2 + i % 32];
            values[i] = (float)BitConverter.ToHalf(block) * codes[i];
        }
        return (values, codes);
    }

    private static double Magnitude(float[] values, float[] x, int row)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += Math.Abs((double)values[row * x.Length + i] * x[i]);
        return sum;
    }

    private static bool IsQuantised(string path) =>
        Enum.TryParse<WeightFormat>(Path.GetFileNameWithoutExtension(path).ToUpperInvariant(), out var format) && FastPrecisionCases.Quantised.Contains(format);

    private static WeightFormat Format(string path) => Enum.Parse<WeightFormat>(Path.GetFileNameWithoutExtension(path).ToUpperInvariant());
}
