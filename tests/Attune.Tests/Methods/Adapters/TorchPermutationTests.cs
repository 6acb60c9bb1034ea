using Attune.Methods.Adapters;

namespace Attune.Tests.Methods.Adapters;

public sealed class TorchPermutationTests
{
    // torch.randperm(n, generator=torch.Generator().manual_seed(777))[:6], PyTorch 2.13 on a CPU.
    [Theory]
    [InlineData(1024, new[] { 103, 249, 319, 701, 999, 360 })]
    [InlineData(512, new[] { 103, 385, 303, 39, 411, 421 })]
    public void First_Seed777_IsPyTorchs(int n, int[] expected) => Assert.Equal(expected, TorchPermutation.First(777, n, expected.Length));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(700)]
    public void First_AllOfThem_IsAPermutation(int n) => Assert.Equal(Enumerable.Range(0, n), TorchPermutation.First(-3, n, n).Order());
}
