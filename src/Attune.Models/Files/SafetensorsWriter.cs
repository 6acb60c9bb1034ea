using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Attune.Models.Files;

/// <summary>Writes safetensors files that every reader accepts: aligned, without gaps, whole or not at all.</summary>
public static class SafetensorsWriter
{
    /// <summary>
    /// Writes tensors in the order of element size, widest first (so that each starts aligned), else in the order given.
    /// The same content gives the same bytes. Metadata is written in ordinal order of its keys.
    /// </summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a type has no name in safetensors.</exception>
    /// <exception cref="Tensors.AttuneException">The file could not be written.</exception>
    public static void Write(string path, IEnumerable<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderByDescending(t => TensorTypes.BlockBytes(t.Type)).ToList();
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in ordered)
                tensor.WriteTo(stream);
        });
    }

    private static ReadOnlySpan<byte> HeaderPadding => "       "u8;

    private static byte[] Header(List<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
                WriteMetadata(json, metadata);
            WriteTensors(json, tensors);
            json.WriteEndObject();
        }
        buffer.Write(HeaderPadding[..(-buffer.WrittenCount & 7)]);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata.OrderBy(e => e.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, List<TensorToWrite> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        long offset = 0;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"two tensors are named {tensor.Name}, or one has the reserved name", nameof(tensors));
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", TensorTypes.SafetensorsName(tensor.Type)
                ?? throw new ArgumentException($"tensor {tensor.Name}: safetensors has no type {TensorTypes.Name(tensor.Type)}", nameof(tensors)));
            WriteNumbers(json, "shape", tensor.Shape);
            WriteNumbers(json, "data_offsets", [offset, offset + tensor.Bytes]);
            json.WriteEndObject();
            offset += tensor.Bytes;
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
