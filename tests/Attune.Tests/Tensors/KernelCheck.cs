using Attune.Tensors;

namespace Attune.Tests.Tensors;

/// <summary>Inputs for comparisons of kernels with their references, and the comparison.</summary>
internal static class KernelCheck
{
    private static readonly float[] Specials =
        [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, 1e-40f, 1e4f, -1e4f, 88f, -88f, 104f, -104f];

    /// <summary>Every length to 256 as one row, and odd shapes.</summary>
    public static IEnumerable<(int Rows, int Columns)> Shapes =>
        Enumerable.Range(0, 257).Select(n => (1, n)).Concat([(3, 5), (7, 17), (5, 129), (2, 1025), (33, 67), (3, 5000), (40, 513)]);

    public static float[] Normal(int count, ulong seed, double scale = 2) => TestTensors.Normal(new SeededRandom(seed), count, scale);

    /// <summary>Normal values with NaN, infinities, zeros and large ones strewn in.</summary>
    public static float[] WithSpecials(int count, ulong seed)
    {
        var values = Normal(count, seed);
        for (var i = 0; i < count; i += 3)
            values[i] = Specials[i / 3 % Specials.Length];
        return values;
    }

    public static void Equal(string what, double[] expected, ReadOnlySpan<float> actual, double relative, double absolute)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var e = expected[i];
            var same = double.IsNaN(e) ? float.IsNaN(actual[i])
                : !float.IsFinite((float)e) ? actual[i] == (float)e
                : Math.Abs(actual[i] - e) <= absolute + relative * Math.Abs(e);
            Assert.True(same, $"{what}: element {i} of {expected.Length} is {actual[i]}, the reference gives {e}");
        }
    }
}
