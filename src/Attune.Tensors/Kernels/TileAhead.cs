using System.Runtime.Intrinsics.X86;

namespace Attune.Tensors.Kernels;

/// <summary>Up to four panels that are read after the present ones: to ask memory for them in time. The default asks for nothing.</summary>
internal readonly unsafe struct TileAhead(PanelRun run, int shift, long next, long third, long fourth)
{
    private readonly bool wanted = true;
    private readonly PanelRun run = run;
    private readonly int shift = shift;
    private readonly long next = next, third = third, fourth = fourth;

    /// <summary>Asks for a chunk's 16 rows of each panel; for the last chunk's where there is nothing behind it.</summary>
    public void Ask(int chunk, int chunks, int panels)
    {
        if (!wanted || !Sse.IsSupported)
            return;
        var line = run.At(Math.Min(chunk + shift, chunks - 1));
        for (var i = 0; i < 16; i++, line += 16)
        {
            // To the second level: the first has too few open requests.
            Sse.Prefetch1(line);
            Sse.Prefetch1(line + next);
            if (panels < 4)
                continue;
            Sse.Prefetch1(line + third);
            Sse.Prefetch1(line + fourth);
        }
    }

    /// <summary>Asks for <paramref name="count"/> floats in a row.</summary>
    public static void Ask(float* from, int count)
    {
        if (Sse.IsSupported)
            for (var i = 0; i < count; i += 16)
                Sse.Prefetch1(from + i);
    }
}
