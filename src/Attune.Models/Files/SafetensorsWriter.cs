using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Attune.Models.Files;

/// <summary>Writes safetensors files that every reader accepts: aligned, without gaps, whole or not at all.</summary>
public static class SafetensorsWriter
{
    /// <summary>
    /// Writes tensors in the order of element size, widest first (so that each starts aligned), else in the order given.
    /// The same content gives the same bytes. Metadata is written in ordinal order of its keys.
    /// </summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a type has no name in safetensors.</exception>
    /// <exception cref="Tensors.AttuneException">The file could not be written, or is one that the tensors are read from.</exception>
    public static void Write(string path, IEnumerable<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = Ordered(tensors);
        WriteTarget.Check(path, ordered);
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, stream => Write(stream, header, ordered));
    }

    /// <summary>Writes the same to a stream.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a type has no name in safetensors.</exception>
    public static void Write(Stream stream, IEnumerable<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = Ordered(tensors);
        Write(stream, Header(ordered, metadata), ordered);
    }

    private static List<TensorToWrite> Ordered(IEnumerable<TensorToWrite> tensors) => [.. tensors.OrderByDescending(t => TensorTypes.BlockBytes(t.Type))];

    private static void Write(Stream stream, byte[] header, List<TensorToWrite> ordered)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in ordered)
            tensor.WriteTo(stream);
    }

    private static ReadOnlySpan<byte> HeaderPadding => "       "u8;

    private static byte[] Header(List<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = new StringBuilder("{");
        if (metadata is not null)
            WriteMetadata(json, metadata);
        WriteTensors(json, tensors);
        json.Append('}');
        var bytes = Encoding.UTF8.GetBytes(json.ToString());
        return [.. bytes, .. HeaderPadding[..(-bytes.Length & 7)]];
    }

    private static void WriteMetadata(StringBuilder json, IReadOnlyDictionary<string, string> metadata)
    {
        Name(json, "__metadata__").Append('{');
        foreach (var (key, value) in metadata.OrderBy(e => e.Key, StringComparer.Ordinal))
            Quote(Name(json, key), value);
        json.Append('}');
    }

    private static void WriteTensors(StringBuilder json, List<TensorToWrite> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        long offset = 0;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"two tensors are named {tensor.Name}, or one has the reserved name", nameof(tensors));
            var type = TensorTypes.SafetensorsName(tensor.Type)
                ?? throw new ArgumentException($"tensor {tensor.Name}: safetensors has no type {TensorTypes.Name(tensor.Type)}", nameof(tensors));
            var end = checked(offset + tensor.Bytes);
            Name(json, tensor.Name).Append(CultureInfo.InvariantCulture,
                $"{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', tensor.Shape)}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }
    }

    // A comma goes before every name but an object's first.
    private static StringBuilder Name(StringBuilder json, string name) =>
        Quote(json[^1] == '{' ? json : json.Append(','), name).Append(':');

    /// <summary>As the reference writes text: only what JSON forbids is escaped, all else is UTF-8.</summary>
    private static StringBuilder Quote(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => json.Append('\\').Append(c),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }
        return json.Append('"');
    }
}
