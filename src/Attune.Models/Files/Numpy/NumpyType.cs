namespace Attune.Models.Files;

/// <summary>What a .npy array's numbers are.</summary>
public enum NumpyKind
{
    Bool,
    Int,
    UInt,
    Float,
    Complex,
}

/// <summary>The element type of a .npy file: its kind, its bytes, and their order.</summary>
/// <param name="Kind">What the numbers are.</param>
/// <param name="Bytes">Bytes of one element.</param>
/// <param name="BigEndian">Whether the highest byte comes first.</param>
public sealed record NumpyType(NumpyKind Kind, int Bytes, bool BigEndian)
{
    private const string Known = "bool, int8 to int64, uint8 to uint64, float16 to float64, complex64 and complex128";

    /// <summary>As numpy writes it: <c>&lt;f4</c>, <c>|b1</c>.</summary>
    public string Text => FormattableString.Invariant($"{(Bytes == 1 ? '|' : BigEndian ? '>' : '<')}{Letter(Kind)}{Bytes}");

    internal static NumpyType Of(Type type) => type switch
    {
        _ when type == typeof(bool) => new(NumpyKind.Bool, 1, false),
        _ when type == typeof(sbyte) => new(NumpyKind.Int, 1, false),
        _ when type == typeof(byte) => new(NumpyKind.UInt, 1, false),
        _ when type == typeof(short) => new(NumpyKind.Int, 2, false),
        _ when type == typeof(ushort) => new(NumpyKind.UInt, 2, false),
        _ when type == typeof(int) => new(NumpyKind.Int, 4, false),
        _ when type == typeof(uint) => new(NumpyKind.UInt, 4, false),
        _ when type == typeof(long) => new(NumpyKind.Int, 8, false),
        _ when type == typeof(ulong) => new(NumpyKind.UInt, 8, false),
        _ when type == typeof(Half) => new(NumpyKind.Float, 2, false),
        _ when type == typeof(float) => new(NumpyKind.Float, 4, false),
        _ when type == typeof(double) => new(NumpyKind.Float, 8, false),
        _ when type == typeof(System.Numerics.Complex) => new(NumpyKind.Complex, 16, false),
        _ => throw new ArgumentException($".npy has no element type for {type.Name}; known are {Known}", nameof(type)),
    };

    internal static NumpyType Parse(string path, string text)
    {
        if (text is ['|', 'O', ..])
            throw ModelFileException.In(path, $"holds Python objects, which are read by running code and so are not read; save an array of numbers");
        var (order, letter, size) = text.Length >= 3 ? (text[0], text[1], text[2..]) : ('\0', '\0', "");
        NumpyKind? kind = (letter, size) switch
        {
            ('b', "1") => NumpyKind.Bool,
            ('i', "1" or "2" or "4" or "8") => NumpyKind.Int,
            ('u', "1" or "2" or "4" or "8") => NumpyKind.UInt,
            ('f', "2" or "4" or "8") => NumpyKind.Float,
            ('c', "8" or "16") => NumpyKind.Complex,
            _ => null,
        };
        // Only a byte may have no order; '=' is the writer's own, which a file cannot say.
        if (kind is null || order is not ('<' or '>' or '|') || order == '|' && size != "1")
            throw ModelFileException.In(path, $"has the element type {Shown.Quoted(text)}, which is not read; known are {Known}");
        return new NumpyType(kind.Value, int.Parse(size, System.Globalization.CultureInfo.InvariantCulture), order == '>');
    }

    private static char Letter(NumpyKind kind) => kind switch
    {
        NumpyKind.Bool => 'b',
        NumpyKind.Int => 'i',
        NumpyKind.UInt => 'u',
        NumpyKind.Float => 'f',
        _ => 'c',
    };
}
