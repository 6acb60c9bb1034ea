using Attune.Tensors;

namespace Attune.Tests.Tensors;

/// <summary>An arena whose every block lies between <see cref="GuardPages"/>, to the byte: without the alignment that others give.</summary>
internal sealed unsafe class GuardArena(bool atEnd) : Arena
{
    private readonly List<GuardPages> blocks = [];

    public override byte* Take(long bytes)
    {
        blocks.Add(new GuardPages(bytes, atEnd));
        return blocks[^1].Pointer;
    }

    public override void Dispose()
    {
        foreach (var block in blocks)
            block.Dispose();
        base.Dispose();
    }
}
