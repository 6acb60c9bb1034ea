using System.Text;

namespace Attune.Models.Files;

/// <summary>Writes GGUF version 3, little endian, whole or not at all.</summary>
public static class GgufWriter
{
    private const int MostAxes = 4;

    /// <summary>
    /// Writes metadata and tensors in the order given. The alignment is that of the entry <c>general.alignment</c> (a power of two), else 32.
    /// </summary>
    /// <exception cref="ArgumentException">A key or name comes twice, or GGUF cannot hold a tensor's type or shape.</exception>
    /// <exception cref="Tensors.AttuneException">The file could not be written, or is one that the tensors are read from.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, GgufValue>> metadata, IEnumerable<TensorToWrite> tensors)
    {
        var entries = metadata.ToList();
        var list = tensors.ToList();
        CheckNames(entries.Select(e => e.Key), "metadata key");
        CheckNames(list.Select(t => t.Name), "tensor");
        WriteTarget.Check(path, list);
        var alignment = Alignment(entries);
        var header = Header(entries, list, alignment);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var tensor in list)
            {
                tensor.WriteTo(stream);
                stream.Write(new byte[Padding(tensor.Bytes, alignment)]);
            }
        });
    }

    private static void CheckNames(IEnumerable<string> names, string what)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name.Length == 0 || !seen.Add(name))
                throw new ArgumentException($"the {what} '{name}' is empty or comes twice");
        }
    }

    private static int Alignment(List<KeyValuePair<string, GgufValue>> entries)
    {
        var entry = entries.Find(e => e.Key == GgufFile.AlignmentKey).Value;
        if (entry is null)
            return GgufFile.DefaultAlignment;
        return entry.Value is uint value and > 0 and <= 1 << 16 && (value & (value - 1)) == 0
            ? (int)value
            : throw new ArgumentException($"{GgufFile.AlignmentKey} is {entry.Value}, expected a uint that is a power of two");
    }

    private static byte[] Header(List<KeyValuePair<string, GgufValue>> entries, List<TensorToWrite> tensors, int alignment)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)entries.Count);
        foreach (var (key, value) in entries)
        {
            WriteText(writer, key);
            writer.Write((uint)value.Type);
            WriteValue(writer, value.Value);
        }
        long offset = 0;
        foreach (var tensor in tensors)
        {
            WriteEntry(writer, tensor, offset);
            offset = checked(offset + tensor.Bytes + Padding(tensor.Bytes, alignment));
        }
        writer.Write(new byte[Padding(memory.Length, alignment)]);
        return memory.ToArray();
    }

    private static void WriteEntry(BinaryWriter writer, TensorToWrite tensor, long offset)
    {
        if (tensor.Shape.Count is 0 or > MostAxes || tensor.Elements == 0)
            throw new ArgumentException(FormattableString.Invariant(
                $"tensor {tensor.Name}: GGUF holds 1 to {MostAxes} axes and no empty one, not [{string.Join(", ", tensor.Shape)}]"));
        WriteText(writer, tensor.Name);
        writer.Write((uint)tensor.Shape.Count);
        foreach (var axis in tensor.Shape.Reverse())
            writer.Write(axis);
        writer.Write((uint)(TensorTypes.GgufCode(tensor.Type)
            ?? throw new ArgumentException($"tensor {tensor.Name}: GGUF has no type {TensorTypes.Name(tensor.Type)}")));
        writer.Write(offset);
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case sbyte v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            case string v: WriteText(writer, v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case GgufArray v: WriteArray(writer, v); break;
            default: throw new ArgumentException($"GGUF has no value type for {value.GetType().Name}");
        }
    }

    private static void WriteArray(BinaryWriter writer, GgufArray array)
    {
        writer.Write((uint)array.ElementType);
        writer.Write((ulong)array.Count);
        foreach (var element in array.Values)
            WriteValue(writer, element);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static long Padding(long length, int alignment) => -length & (alignment - 1);
}
