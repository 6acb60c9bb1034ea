namespace Attune.Tensors;

/// <summary>
/// Memory for a training step, whose blocks are given back one by one and used again within the step. What is taken lives for the
/// present layer and the next, unless it is kept. The best fitting block is taken; neighbours that are free become one. Chunks stay
/// from step to step, so after the first steps nothing is taken from the system. Not thread-safe.
/// </summary>
internal sealed unsafe class StepMemory : Arena
{
    private const int Alignment = 64;
    private const long LeastChunk = 1 << 20;
    private const long LargestGrowth = 32 << 20;
    private const int None = -1;

    private readonly List<NativeBuffer> chunks = [];
    private readonly NumberList[] lists = [new(), new(), new(), new()];
    private Block[] blocks = new Block[64];
    private int blockCount;
    private int unused = None;
    private int layer;
    private long held;

    /// <summary>Whether a chunk was not to be had since the last reset.</summary>
    public bool RanShort { get; private set; }

    private enum State
    {
        Free,

        /// <summary>Lives for its layer and the next.</summary>
        Passing,

        /// <summary>Lives until <see cref="Reset"/> or <see cref="GiveKept"/>.</summary>
        Kept,

        /// <summary>Lives until it is given.</summary>
        Owned,
    }

    /// <inheritdoc/>
    public override byte* Take(long bytes) => Take(bytes, State.Passing);

    /// <summary>Memory that lives until <see cref="Give(void*)"/>.</summary>
    public byte* TakeOwned(long bytes) => Take(bytes, State.Owned);

    /// <summary>Gives back what <see cref="TakeOwned"/> returned.</summary>
    public void Give(void* start)
    {
        var list = lists[(int)State.Owned];
        for (var i = list.Count - 1; i >= 0; i--)
            if (blocks[list.Numbers[i]].Start == start)
            {
                Give(list.Numbers[i]);
                return;
            }
        throw new InvalidOperationException("StepMemory: a block is given back that was not taken");
    }

    /// <summary>The block in which <paramref name="address"/> lies, if it is one that would pass, lives on. Other addresses are nobody's concern here.</summary>
    public void Keep(void* address)
    {
        var list = lists[(int)State.Passing];
        for (var i = list.Count - 1; i >= 0; i--)
        {
            ref var block = ref blocks[list.Numbers[i]];
            if (address < block.Start || address >= block.Start + block.Bytes)
                continue;
            Move(list.Numbers[i], State.Kept);
            return;
        }
    }

    /// <summary>A layer begins: what passes and was taken two layers ago is free.</summary>
    public void BeginLayer()
    {
        layer++;
        var list = lists[(int)State.Passing];
        for (var i = list.Count - 1; i >= 0; i--)
            if (blocks[list.Numbers[i]].Layer <= layer - 2)
                Give(list.Numbers[i]);
    }

    /// <summary>From here on taken blocks can be given back by <see cref="GiveKept"/>.</summary>
    public int Mark() => ++layer;

    /// <summary>Gives back what was taken since the mark, passing or kept, and not what is owned.</summary>
    public void GiveKept(int mark)
    {
        foreach (var state in (ReadOnlySpan<State>)[State.Passing, State.Kept])
        {
            var list = lists[(int)state];
            for (var i = list.Count - 1; i >= 0; i--)
                if (blocks[list.Numbers[i]].Layer >= mark)
                    Give(list.Numbers[i]);
        }
    }

    public override void Reset()
    {
        foreach (var state in (ReadOnlySpan<State>)[State.Passing, State.Kept, State.Owned])
            for (var list = lists[(int)state]; list.Count > 0;)
                Give(list.Numbers[list.Count - 1]);
        (layer, RanShort) = (0, false);
    }

    public override void Dispose()
    {
        foreach (var chunk in chunks)
            chunk.Dispose();
        chunks.Clear();
        foreach (var list in lists)
            list.Count = 0;
        base.Dispose();
        (blockCount, unused, held, UsedBytes) = (0, None, 0, 0);
    }

    /// <summary>Overwrites what is free, so that a test sees who reads it.</summary>
    internal void Spoil()
    {
        var list = lists[(int)State.Free];
        for (var i = 0; i < list.Count; i++)
            new Span<float>(blocks[list.Numbers[i]].Start, (int)(blocks[list.Numbers[i]].Bytes / sizeof(float))).Fill(float.NaN);
    }

    private byte* Take(long bytes, State state)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        bytes = Math.Max(Alignment, (bytes + Alignment - 1) & -Alignment);
        var number = BestFit(bytes);
        if (number == None)
            number = Grow(bytes);
        if (blocks[number].Bytes > bytes)
            Split(number, bytes);
        Move(number, state);
        blocks[number].Layer = layer;
        UsedBytes += bytes;
        return blocks[number].Start;
    }

    private void Give(int number)
    {
        UsedBytes -= blocks[number].Bytes;
        Move(number, State.Free);
        if (blocks[number].Next is var next and not None && blocks[next].State == State.Free)
            Join(number, next);
        if (blocks[number].Previous is var previous and not None && blocks[previous].State == State.Free)
            Join(previous, number);
    }

    private int BestFit(long bytes)
    {
        var list = lists[(int)State.Free];
        var best = None;
        for (var i = 0; i < list.Count; i++)
        {
            var size = blocks[list.Numbers[i]].Bytes;
            if (size >= bytes && (best == None || size < blocks[best].Bytes))
                best = list.Numbers[i];
            if (size == bytes)
                break;
        }
        return best;
    }

    /// <summary>A new chunk, of an eighth of what is held or of what is asked for.</summary>
    private int Grow(long bytes)
    {
        RanShort = true;
        var chunk = new NativeBuffer(Math.Max(bytes, Math.Clamp(held / 8 & -Alignment, LeastChunk, LargestGrowth)));
        RanShort = false;
        chunks.Add(chunk);
        held += chunk.Bytes;
        var number = NewBlock(chunk.Pointer, chunk.Bytes, None, None);
        List(number, State.Free);
        return number;
    }

    private void Split(int number, long bytes)
    {
        var next = blocks[number].Next;
        var rest = NewBlock(blocks[number].Start + bytes, blocks[number].Bytes - bytes, number, next);
        if (next != None)
            blocks[next].Previous = rest;
        blocks[number].Next = rest;
        blocks[number].Bytes = bytes;
        List(rest, State.Free);
    }

    private void Join(int first, int second)
    {
        Unlist(second);
        var next = blocks[second].Next;
        blocks[first].Bytes += blocks[second].Bytes;
        blocks[first].Next = next;
        if (next != None)
            blocks[next].Previous = first;
        blocks[second].Next = unused;
        unused = second;
    }

    private int NewBlock(byte* start, long bytes, int previous, int next)
    {
        var number = unused;
        if (number != None)
            unused = blocks[number].Next;
        else
        {
            if (blockCount == blocks.Length)
                Array.Resize(ref blocks, blocks.Length * 2);
            number = blockCount++;
        }
        blocks[number] = new Block { Start = start, Bytes = bytes, Previous = previous, Next = next };
        return number;
    }

    private void Move(int number, State state)
    {
        Unlist(number);
        List(number, state);
    }

    private void List(int number, State state)
    {
        var list = lists[(int)state];
        if (list.Count == list.Numbers.Length)
            Array.Resize(ref list.Numbers, list.Count * 2);
        list.Numbers[list.Count] = number;
        blocks[number].Place = list.Count++;
        blocks[number].State = state;
    }

    private void Unlist(int number)
    {
        var list = lists[(int)blocks[number].State];
        var last = list.Numbers[--list.Count];
        list.Numbers[blocks[number].Place] = last;
        blocks[last].Place = blocks[number].Place;
    }

    private sealed class NumberList
    {
        public int[] Numbers = new int[64];
        public int Count;
    }

    private struct Block
    {
        public byte* Start;
        public long Bytes;

        /// <summary>Neighbours in the chunk.</summary>
        public int Previous, Next;

        public State State;

        /// <summary>Place in the list of its state.</summary>
        public int Place;

        /// <summary>When it was taken.</summary>
        public int Layer;
    }
}
