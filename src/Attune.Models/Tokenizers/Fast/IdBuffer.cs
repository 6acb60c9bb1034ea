namespace Attune.Models.Tokenizers;

/// <summary>A growing list of ids.</summary>
internal struct IdBuffer(int capacity)
{
    private int[] _ids = new int[Math.Max(capacity, 16)];
    private int _count;

    public void Add(int id)
    {
        if (_count == _ids.Length)
            Array.Resize(ref _ids, 2 * _count);
        _ids[_count++] = id;
    }

    public void Add(ReadOnlySpan<int> ids)
    {
        if (ids.Length == 1)
        {
            Add(ids[0]);
            return;
        }
        if (_count + ids.Length > _ids.Length)
            Array.Resize(ref _ids, Math.Max(2 * _count, _count + ids.Length));
        ids.CopyTo(_ids.AsSpan(_count));
        _count += ids.Length;
    }

    public readonly int[] ToArray() => _ids.AsSpan(0, _count).ToArray();
}
