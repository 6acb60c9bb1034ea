using System.Runtime.Intrinsics.X86;
using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

public unsafe class TranspositionTests
{
    [Fact]
    public void Square_EveryWidth_TurnsOver()
    {
        Check(&Transposition.TurnSingly);
        Check(&Transposition.Square);
        if (Avx.IsSupported)
            Check(&Transposition.Turn256);
        if (Avx512F.IsSupported)
            Check(&Transposition.Turn512);
    }

    private static void Check(delegate*<float*, long, float*, long, void> turn)
    {
        const int FromStride = 19, ToStride = 17;
        var from = Enumerable.Range(0, 16 * FromStride).Select(i => (float)i).ToArray();
        var to = new float[16 * ToStride];
        fixed (float* f = from, t = to)
            turn(f, FromStride, t, ToStride);
        for (var i = 0; i < 16; i++)
            for (var j = 0; j < 16; j++)
                Assert.Equal(i * FromStride + j, to[j * ToStride + i]);
    }
}
