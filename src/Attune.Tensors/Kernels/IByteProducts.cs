namespace Attune.Tensors.Kernels;

/// <summary>
/// Sums of products of unsigned and signed bytes, four to a lane of 32 bits, exactly. A sum covers one block of 32 columns: a first
/// product, seven more, and <see cref="Total"/>.
/// </summary>
/// <typeparam name="I">int lanes, read as four bytes each</typeparam>
internal interface IByteProducts<I>
    where I : struct
{
    /// <summary>
    /// Whether unsigned bytes may be up to 255. Otherwise they are at most 15: sums then stand in 16-bit lanes,
    /// at most 8 · 2 · 15 · 128 = 30,720.
    /// </summary>
    static abstract bool WholeBytes { get; }

    static abstract I First(I unsigned, I signed);

    /// <summary><paramref name="sum"/> and the products of four more columns.</summary>
    static abstract I Add(I sum, I unsigned, I signed);

    /// <summary>The sum in each lane of 32 bits.</summary>
    static abstract I Total(I sum);
}
