namespace Attune.Models.Tokenizers;

/// <summary>Pairs of ids to the rank of their merge and the id that it makes. Filled once, then only read.</summary>
internal sealed class PairTable
{
    private readonly long[] _keys;
    private readonly long[] _values;
    private readonly int _shift;

    public PairTable(int capacity)
    {
        var bits = 4;
        while (1L << bits < 2L * capacity)
            bits++;
        _keys = new long[1 << bits];
        _values = new long[1 << bits];
        _shift = 64 - bits;
    }

    public int Count { get; private set; }

    /// <summary>Sets the merge of a pair; a later one replaces an earlier one.</summary>
    public void Set(int left, int right, int rank, int id)
    {
        var slot = Find(Key(left, right));
        if (_keys[slot] == 0)
            Count++;
        _keys[slot] = Key(left, right);
        _values[slot] = (long)rank << 32 | (uint)id;
    }

    public bool TryGet(int left, int right, out int rank, out int id)
    {
        var slot = Find(Key(left, right));
        (rank, id) = ((int)(_values[slot] >> 32), (int)_values[slot]);
        return _keys[slot] != 0;
    }

    private int Find(long key)
    {
        var slot = (int)((ulong)key * 0x9E3779B97F4A7C15 >> _shift);
        while (_keys[slot] != 0 && _keys[slot] != key)
            slot = slot + 1 & _keys.Length - 1;
        return slot;
    }

    // Never 0, which marks a free slot.
    private static long Key(int left, int right) => ((long)left << 32 | (uint)right) + 1;
}
