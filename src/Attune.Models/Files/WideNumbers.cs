using System.Runtime.CompilerServices;

namespace Attune.Models.Files;

/// <summary>Reads stored integers and float64 without going through float32, which would round them.</summary>
internal static unsafe class WideNumbers
{
    /// <summary>Widens every element; false where the type holds no integers or a value exceeds 2^63 − 1.</summary>
    public static bool TryRead(TensorType type, byte* data, Span<long> values)
    {
        switch (type)
        {
            case TensorType.Bool or TensorType.U8: Widen<byte, long>(data, values, v => v); return true;
            case TensorType.I8: Widen<sbyte, long>(data, values, v => v); return true;
            case TensorType.I16: Widen<short, long>(data, values, v => v); return true;
            case TensorType.U16: Widen<ushort, long>(data, values, v => v); return true;
            case TensorType.I32: Widen<int, long>(data, values, v => v); return true;
            case TensorType.U32: Widen<uint, long>(data, values, v => v); return true;
            case TensorType.I64: Widen<long, long>(data, values, v => v); return true;
            case TensorType.U64: Widen<ulong, long>(data, values, v => v > long.MaxValue ? -1 : (long)v); return !values.Contains(-1);
            default: return false;
        }
    }

    /// <summary>Widens the types that float32 cannot hold exactly; false for the others.</summary>
    public static bool TryRead(TensorType type, byte* data, Span<double> values)
    {
        switch (type)
        {
            case TensorType.F64: Widen<double, double>(data, values, v => v); return true;
            case TensorType.I32: Widen<int, double>(data, values, v => v); return true;
            case TensorType.U32: Widen<uint, double>(data, values, v => v); return true;
            case TensorType.I64: Widen<long, double>(data, values, v => v); return true;
            case TensorType.U64: Widen<ulong, double>(data, values, v => v); return true;
            default: return false;
        }
    }

    private static void Widen<TFrom, TTo>(byte* data, Span<TTo> values, Func<TFrom, TTo> widen)
        where TFrom : unmanaged
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = widen(Unsafe.ReadUnaligned<TFrom>(data + ((long)i * sizeof(TFrom))));
    }
}
