namespace Attune.Models.Files;

/// <summary>Reads the tensor entries of a GGUF file and checks that each tensor lies whole, aligned and alone in the file.</summary>
internal static class GgufTensorReader
{
    /// <summary>An entry is a name's length, the number of axes, one axis, a type and an offset at the least.</summary>
    public const int LeastBytes = 8 + 4 + 8 + 4 + 8;

    private const int MostAxes = 4;

    /// <summary>The tensors with offsets from the start of the file, and where the data begin.</summary>
    public static (IReadOnlyList<TensorInfo> Tensors, long DataOffset) Read(MappedFile file, GgufCursor cursor, long count, int alignment)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var entries = new List<TensorInfo>();
        for (long i = 0; i < count; i++)
        {
            var entry = ReadEntry(cursor, i, alignment);
            if (!names.Add(entry.Name))
                throw cursor.Error($"has two tensors named {Shown.Quoted(entry.Name)}: the file is damaged; download it again");
            entries.Add(entry);
        }
        var dataOffset = (cursor.Position + alignment - 1) / alignment * alignment;
        var placed = entries.ConvertAll(e => Place(file, cursor, e, dataOffset));
        CheckOverlap(cursor, placed);
        return (placed, dataOffset);
    }

    // The offset here counts from the start of the data, which is not known yet.
    private static TensorInfo ReadEntry(GgufCursor cursor, long index, int alignment)
    {
        var name = cursor.ReadText(FormattableString.Invariant($"the name of tensor {index}"));
        var what = "tensor " + Shown.Quoted(name);
        var shape = ReadShape(cursor, what);
        var code = cursor.Read<uint>(what, "the type of ");
        if (!TensorTypes.TryFromGguf(code, out var type))
            throw cursor.Error($"gives {what} the type {code}, which is unknown or no longer in use; convert the model again, or use a newer version of this program");
        var bytes = Bytes(cursor, what, type, shape);
        var offset = cursor.Read<ulong>(what, "the offset of ");
        if (offset % (ulong)alignment != 0)
            throw cursor.Error($"places {what} at {offset}, which is no multiple of the alignment {alignment}: the file is damaged; download it again");
        if (offset > long.MaxValue)
            throw cursor.Error($"places {what} at {offset}, far behind the end of the file: the file is damaged; download it again");
        return new TensorInfo(name, type, shape, (long)offset, bytes);
    }

    private static long[] ReadShape(GgufCursor cursor, string what)
    {
        var axes = cursor.Read<uint>(what, "the number of axes of ");
        if (axes is 0 or > MostAxes)
            throw cursor.Error($"gives {what} {axes} axes, expected 1 to {MostAxes}: the file is damaged; download it again");
        var shape = new long[axes];
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            var axis = cursor.Read<ulong>(what, "the shape of ");
            if (axis is 0 or > long.MaxValue)
                throw cursor.Error($"gives {what} an axis of {axis}, expected 1 to 2^63 - 1: the file is damaged; download it again");
            shape[i] = (long)axis;
        }
        return shape;
    }

    private static long Bytes(GgufCursor cursor, string what, TensorType type, long[] shape)
    {
        var block = TensorTypes.BlockLength(type);
        if (shape[^1] % block != 0)
            throw cursor.Error($"gives {what} rows of {shape[^1]} elements, which are not whole blocks of {block} as {TensorTypes.Name(type)} needs: the file is damaged; download it again");
        try
        {
            return TensorTypes.Bytes(type, shape.Aggregate(1L, (product, axis) => checked(product * axis)));
        }
        catch (OverflowException e)
        {
            throw new ModelFileException(cursor.Error($"gives {what} the shape [{string.Join(", ", shape)}], more bytes than 64 bits count: the file is damaged; download it again").Message, e);
        }
    }

    private static TensorInfo Place(MappedFile file, GgufCursor cursor, TensorInfo entry, long dataOffset)
    {
        var end = (Int128)dataOffset + entry.Offset + entry.Bytes;
        return end <= file.Length
            ? entry with { Offset = dataOffset + entry.Offset }
            : throw cursor.Error($"ends at byte {file.Length} but tensor {Shown.Quoted(entry.Name)} needs bytes up to {end}: the file is cut short; download it again");
    }

    private static void CheckOverlap(GgufCursor cursor, IEnumerable<TensorInfo> tensors)
    {
        TensorInfo? before = null;
        foreach (var tensor in tensors.OrderBy(t => t.Offset))
        {
            if (before is not null && before.Offset + before.Bytes > tensor.Offset)
                throw cursor.Error($"lets tensors {Shown.Quoted(before.Name)} and {Shown.Quoted(tensor.Name)} share bytes: the file is damaged; download it again");
            before = tensor;
        }
    }
}
