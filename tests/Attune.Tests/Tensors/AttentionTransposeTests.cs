using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

public sealed unsafe class AttentionTransposeTests
{
    [Fact]
    public void Run_EverySlotCountAndSomeDimensions_WritesItsTokensAndNoOthers()
    {
        foreach (var dim in (int[])[1, 3, 4, 7, 16, 33, 64])
            for (var slot = 0; slot < 16; slot++)
                for (var count = 1; count <= 16 - slot; count++)
                    Check(dim, slot, count);
    }

    private static void Check(int dim, int slot, int count)
    {
        const int stride = 70;
        var from = Enumerable.Range(0, count * stride).Select(i => i % stride < dim ? i : float.NaN).ToArray();
        var to = Enumerable.Repeat(-1f, dim * 16 + 16).ToArray();
        fixed (float* source = from)
        fixed (float* tile = to)
            AttentionTranspose.Run(tile, slot, count, source, stride, dim);
        for (var i = 0; i < to.Length; i++)
        {
            var (d, token) = (i / 16, i % 16 - slot);
            var expected = d < dim && token >= 0 && token < count ? token * stride + d : -1f;
            Assert.Equal(expected, to[i]);
        }
    }
}
