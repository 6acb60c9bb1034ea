namespace Attune.Models.Files;

/// <summary>Reads metadata values of every GGUF type, with limits on depth and length.</summary>
internal static class GgufValueReader
{
    private const int DeepestArray = 8;

    // No vocabulary, the longest array known, comes near it.
    private const long LongestArray = 1 << 24;

    public static GgufValue Read(GgufCursor cursor, string key)
    {
        var what = "the value of " + Shown.Quoted(key);
        var type = ReadType(cursor, what);
        return new GgufValue(type, ReadOne(cursor, type, what));
    }

    private static GgufValueType ReadType(GgufCursor cursor, string what)
    {
        var code = cursor.Read<uint>(what, "the type of ");
        return code <= (uint)GgufValueType.Float64
            ? (GgufValueType)code
            : throw cursor.Error($"has the unknown type {code} for {what}: the file is damaged or newer than this program; download it again");
    }

    private static object ReadOne(GgufCursor cursor, GgufValueType type, string what, int depth = 0) => type switch
    {
        GgufValueType.UInt8 => cursor.Read<byte>(what),
        GgufValueType.Int8 => cursor.Read<sbyte>(what),
        GgufValueType.UInt16 => cursor.Read<ushort>(what),
        GgufValueType.Int16 => cursor.Read<short>(what),
        GgufValueType.UInt32 => cursor.Read<uint>(what),
        GgufValueType.Int32 => cursor.Read<int>(what),
        GgufValueType.Float32 => cursor.Read<float>(what),
        GgufValueType.Bool => Truth(cursor, cursor.Read<byte>(what), what),
        GgufValueType.String => cursor.ReadText(what),
        GgufValueType.UInt64 => cursor.Read<ulong>(what),
        GgufValueType.Int64 => cursor.Read<long>(what),
        GgufValueType.Float64 => cursor.Read<double>(what),
        _ => ReadArray(cursor, what, depth + 1),
    };

    private static GgufArray ReadArray(GgufCursor cursor, string what, int depth)
    {
        if (depth > DeepestArray)
            throw cursor.Error($"nests arrays deeper than {DeepestArray} in {what}: the file is damaged; download it again");
        var type = ReadType(cursor, "the elements of " + what);
        var count = cursor.ReadCount("elements of " + what, LeastBytes(type));
        if (count > LongestArray)
            throw cursor.Error($"has {count} elements in {what}, more than {LongestArray}: the file is damaged; download it again");
        return new GgufArray(type, ReadElements(cursor, type, (int)count, what, depth));
    }

    private static Array ReadElements(GgufCursor cursor, GgufValueType type, int count, string what, int depth) => type switch
    {
        GgufValueType.UInt8 => cursor.ReadMany<byte>(count),
        GgufValueType.Int8 => cursor.ReadMany<sbyte>(count),
        GgufValueType.UInt16 => cursor.ReadMany<ushort>(count),
        GgufValueType.Int16 => cursor.ReadMany<short>(count),
        GgufValueType.UInt32 => cursor.ReadMany<uint>(count),
        GgufValueType.Int32 => cursor.ReadMany<int>(count),
        GgufValueType.Float32 => cursor.ReadMany<float>(count),
        GgufValueType.Bool => Array.ConvertAll(cursor.ReadMany<byte>(count), b => Truth(cursor, b, what)),
        GgufValueType.String => Each(count, () => cursor.ReadText(what)),
        GgufValueType.UInt64 => cursor.ReadMany<ulong>(count),
        GgufValueType.Int64 => cursor.ReadMany<long>(count),
        GgufValueType.Float64 => cursor.ReadMany<double>(count),
        _ => Each(count, () => ReadArray(cursor, what, depth + 1)),
    };

    private static T[] Each<T>(int count, Func<T> read)
    {
        var values = new T[count];
        for (var i = 0; i < count; i++)
            values[i] = read();
        return values;
    }

    private static bool Truth(GgufCursor cursor, byte value, string what) => value <= 1
        ? value == 1
        : throw cursor.Error($"has {value} where true (1) or false (0) was expected in {what}: the file is damaged; download it again");

    // A string has at least its length, an array its type and length.
    private static int LeastBytes(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.Array => 12,
        _ => 8,
    };
}
