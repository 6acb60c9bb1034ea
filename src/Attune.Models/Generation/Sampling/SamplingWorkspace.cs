namespace Attune.Models.Generation;

/// <summary>Memory that logits filters use again and again; grows to the vocabulary once. Not thread-safe.</summary>
internal sealed class SamplingWorkspace
{
    private double[] values = [];
    private double[] keys = [];
    private int[] ids = [];
    private int[] counts = [];

    public Span<double> Values(int length) => Grown(ref values, length);

    public Span<double> Keys(int length) => Grown(ref keys, length);

    public Span<int> Ids(int length) => Grown(ref ids, length);

    /// <summary>Zeros; whoever writes here must leave zeros behind.</summary>
    public Span<int> Counts(int length) => Grown(ref counts, length);

    private static Span<T> Grown<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[length];
        return array.AsSpan(0, length);
    }
}
