namespace Attune.Models.Files;

/// <summary>A metadata value with its type in the file. <paramref name="Value"/> is of the matching .NET type; a <see cref="GgufArray"/> for arrays.</summary>
public sealed record GgufValue(GgufValueType Type, object Value)
{
    private static readonly Dictionary<Type, GgufValueType> ByType = new()
    {
        [typeof(byte)] = GgufValueType.UInt8,
        [typeof(sbyte)] = GgufValueType.Int8,
        [typeof(ushort)] = GgufValueType.UInt16,
        [typeof(short)] = GgufValueType.Int16,
        [typeof(uint)] = GgufValueType.UInt32,
        [typeof(int)] = GgufValueType.Int32,
        [typeof(float)] = GgufValueType.Float32,
        [typeof(bool)] = GgufValueType.Bool,
        [typeof(string)] = GgufValueType.String,
        [typeof(GgufArray)] = GgufValueType.Array,
        [typeof(ulong)] = GgufValueType.UInt64,
        [typeof(long)] = GgufValueType.Int64,
        [typeof(double)] = GgufValueType.Float64,
    };

    /// <summary>A value of a .NET type that GGUF has: integers, float, double, bool, string, or <see cref="GgufArray"/>.</summary>
    /// <exception cref="ArgumentException">GGUF has no such type.</exception>
    public static GgufValue Of(object value) => new(TypeOf(value.GetType()), value);

    internal static GgufValueType TypeOf(Type type) => ByType.TryGetValue(type, out var found)
        ? found
        : throw new ArgumentException($"GGUF has no value type for {type.Name}", nameof(type));

    /// <summary>The value as a 64-bit integer; null where it is none or above 2^63 − 1.</summary>
    internal long? AsInteger() => Value switch
    {
        byte v => v,
        sbyte v => v,
        ushort v => v,
        short v => v,
        uint v => v,
        int v => v,
        long v => v,
        ulong v => v <= long.MaxValue ? (long)v : null,
        _ => null,
    };

    /// <summary>The value as a number; null where it is none.</summary>
    internal double? AsNumber() => Value switch
    {
        float v => v,
        double v => v,
        ulong v => v,
        _ => AsInteger(),
    };
}
