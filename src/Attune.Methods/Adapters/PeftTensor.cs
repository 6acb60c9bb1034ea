using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>One tensor of an adapter's file with its type and shape: numbers as float32, or integers.</summary>
public sealed class PeftTensor
{
    private readonly float[] floats;
    private readonly long[] integers;

    private PeftTensor(string name, TensorType type, IReadOnlyList<int> shape, float[] floats, long[] integers)
    {
        (Name, Type, Shape) = (name, type, shape);
        (this.floats, this.integers) = (floats, integers);
        Count = shape.Aggregate(1, (a, b) => checked(a * b));
        if (Count != floats.Length + integers.Length)
            throw new ArgumentException($"tensor {name}: {floats.Length + integers.Length} values for {ShapeText}");
    }

    /// <summary>The whole name in the file.</summary>
    public string Name { get; }

    /// <summary>How the file stores it.</summary>
    public TensorType Type { get; }

    /// <summary>Slowest axis first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Numbers in it.</summary>
    public int Count { get; }

    public bool HasIntegers => !IsFloat(Type);

    public string ShapeText => FormattableString.Invariant($"[{string.Join(", ", Shape)}]");

    /// <summary>The numbers, the last axis fastest.</summary>
    /// <exception cref="AttuneException">They are integers.</exception>
    public ReadOnlySpan<float> Floats => IsFloat(Type) ? floats : throw Wrong("numbers");

    /// <summary>The integers, the last axis fastest.</summary>
    /// <exception cref="AttuneException">They are none.</exception>
    public ReadOnlySpan<long> Integers => IsFloat(Type) ? throw Wrong("integers") : integers;

    /// <summary>A float32 tensor.</summary>
    public static PeftTensor Of(string name, IReadOnlyList<int> shape, float[] values) => new(name, TensorType.F32, shape, values, []);

    /// <summary>Numbers to be stored as a type of floats.</summary>
    public static PeftTensor Of(string name, TensorType type, IReadOnlyList<int> shape, float[] values) =>
        IsFloat(type) ? new(name, type, shape, values, []) : throw new ArgumentException($"tensor {name}: {type} holds no numbers");

    /// <summary>Integers to be stored as a type of integers.</summary>
    public static PeftTensor OfIntegers(string name, TensorType type, IReadOnlyList<int> shape, long[] values) =>
        IsFloat(type) ? throw new ArgumentException($"tensor {name}: {type} holds no integers") : new(name, type, shape, [], values);

    /// <summary>A copy of a tensor in a file.</summary>
    /// <exception cref="AttuneException">It is of a type that adapters do not have, or holds NaN or infinity.</exception>
    public static PeftTensor From(StoredTensor stored)
    {
        var shape = stored.Info.Shape.Select(a => checked((int)a)).ToArray();
        if (IsFloat(stored.Info.Type))
        {
            stored.RequireFinite();
            return new PeftTensor(stored.Info.Name, stored.Info.Type, shape, stored.ToFloat32(), []);
        }
        if (stored.Info.Type is not (TensorType.I64 or TensorType.I32 or TensorType.I16 or TensorType.I8 or TensorType.U8 or TensorType.Bool))
            throw new AttuneException($"'{stored.Path}' stores the tensor '{stored.Info.Name}' as {stored.Info.Type}, which is not read from adapters; save it in float32");
        return new PeftTensor(stored.Info.Name, stored.Info.Type, shape, [], stored.ToInt64());
    }

    /// <summary>The same tensor with other numbers, which are whole where it holds integers.</summary>
    public PeftTensor With(ReadOnlySpan<float> values) =>
        IsFloat(Type) ? Of(Name, Type, Shape, values.ToArray()) : OfIntegers(Name, Type, Shape, Array.ConvertAll(values.ToArray(), v => (long)v));

    public TensorToWrite ToWrite()
    {
        long[] shape = [.. Shape.Select(a => (long)a)];
        return IsFloat(Type) ? TensorToWrite.FromFloats(Name, Type, shape, floats) : TensorToWrite.FromBytes(Name, Type, shape, Packed());
    }

    internal static bool IsFloat(TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16;

    private byte[] Packed()
    {
        var size = (int)TensorTypes.Bytes(Type, 1);
        var bytes = new byte[size * integers.Length];
        // Little endian: the low bytes come first.
        for (var i = 0; i < integers.Length; i++)
            for (var b = 0; b < size; b++)
                bytes[i * size + b] = (byte)(integers[i] >> (8 * b));
        return bytes;
    }

    private AttuneException Wrong(string expected) => new($"the adapter's tensor '{Name}' is stored as {Type}, expected {expected}; save the adapter again");
}
