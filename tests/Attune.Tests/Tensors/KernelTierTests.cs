using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

public sealed class KernelTierTests
{
    [Theory]
    [InlineData(null, 16, true, 16)]
    [InlineData("", 8, false, 8)]
    [InlineData("simd", 4, false, 4)]
    [InlineData("jit", 16, true, 16)]
    [InlineData("scalar", 16, true, 1)]
    [InlineData("simd-128", 16, true, 4)]
    [InlineData("simd-256", 8, false, 8)]
    public void Choose_ATierThatIsThere_GivesItsLanes(string? forced, int best, bool machineCode, int lanes) =>
        Assert.Equal(lanes, KernelTier.Choose(forced, best, () => machineCode));

    [Theory]
    [InlineData("jit", 16, "do not let machine code")]
    [InlineData("simd-512", 8, "256 bits at most")]
    [InlineData("simd-256", 4, "128 bits at most")]
    [InlineData("simd-128", 1, "no vectors")]
    [InlineData("avx", 16, "must be scalar")]
    public void Choose_ATierThatIsMissing_SaysSo(string forced, int best, string expected)
    {
        var e = Assert.Throws<AttuneException>(() => KernelTier.Choose(forced, best, () => false));
        Assert.Equal(AttuneErrorKind.Request, e.Kind);
        Assert.Contains($"'{forced}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
