using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Models.Files;

/// <summary>Parses the JSON header of a safetensors file strictly: no duplicate key, no value of a wrong type, every byte accounted for.</summary>
internal sealed class SafetensorsHeader
{
    private const int DeepestJson = 8;
    private const int MostAxes = 64;

    private readonly string path;
    private readonly long dataStart;
    private readonly long dataLength;
    private readonly List<TensorInfo> tensors = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private OrderedDictionary<string, string>? metadata;

    private SafetensorsHeader(string path, int headerLength, long fileLength)
    {
        this.path = path;
        dataStart = 8 + headerLength;
        dataLength = fileLength - dataStart;
    }

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<TensorInfo> Tensors => tensors;

    public IReadOnlyDictionary<string, string>? Metadata => metadata;

    /// <param name="path">Named in errors.</param>
    /// <param name="json">The header without its length.</param>
    /// <param name="fileLength">Bytes in the whole file.</param>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long fileLength)
    {
        var header = new SafetensorsHeader(path, json.Length, fileLength);
        if (!Utf8.IsValid(json))
            throw header.Broken("is not UTF-8");
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestJson });
            header.ReadAll(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw header.Broken("is not valid JSON (" + e.Message.TrimEnd('.') + ")", e);
        }
        SafetensorsLayout.Check(path, header.tensors, header.dataStart, header.dataLength);
        return header;
    }

    private void ReadAll(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw Broken($"names {Shown.Quoted(name)} twice");
            if (name == "__metadata__")
                ReadMetadata(ref reader);
            else
                tensors.Add(ReadTensor(ref reader, name));
        }
        // Reads on to the end: the reader itself refuses anything but space after the object.
        while (reader.Read())
            throw Broken("goes on after its object");
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        metadata = new(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, "__metadata__ " + Shown.Quoted(key));
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw Broken($"has the __metadata__ key {Shown.Quoted(key)} twice");
        }
    }

    private TensorInfo ReadTensor(ref Utf8JsonReader reader, string name)
    {
        var what = "tensor " + Shown.Quoted(name);
        TensorType? type = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, what);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8))
                type = Once(type is null, what, "dtype") ? ReadType(ref reader, what) : null;
            else if (reader.ValueTextEquals("shape"u8))
                shape = Once(shape is null, what, "shape") ? ReadNumbers(ref reader, what + ": shape", MostAxes) : null;
            else if (reader.ValueTextEquals("data_offsets"u8))
                offsets = Once(offsets is null, what, "data_offsets") ? ReadNumbers(ref reader, what + ": data_offsets", 2) : null;
            else
                reader.Skip();
        }
        if (type is null || shape is null || offsets is null)
            throw Broken($"gives {what} no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        if (offsets.Count != 2)
            throw Broken(FormattableString.Invariant($"gives {what} {offsets.Count} data_offsets, expected begin and end"));
        return Place(name, what, type.Value, shape, offsets[0], offsets[1]);
    }

    private bool Once(bool first, string what, string field) => first ? true : throw Broken($"gives {what} two fields {field}");

    private TensorInfo Place(string name, string what, TensorType type, List<long> shape, long begin, long end)
    {
        long bytes;
        try
        {
            bytes = TensorTypes.Bytes(type, shape.Aggregate(1L, (product, axis) => checked(product * axis)));
        }
        catch (OverflowException e)
        {
            throw Broken($"gives {what} the shape [{string.Join(", ", shape)}], more bytes than 64 bits count", e);
        }
        if (begin > end || end - begin != bytes)
            throw Broken(FormattableString.Invariant($"gives {what} bytes {begin} to {end}, but {TensorTypes.Name(type)} of shape [{string.Join(", ", shape)}] takes {bytes} bytes"));
        if (end > dataLength)
            throw ModelFileException.In(path, $"ends at byte {dataStart + dataLength} but {what} needs bytes up to {(Int128)dataStart + end}: the file is cut short; download it again");
        return new TensorInfo(name, type, shape.ToArray(), dataStart + begin, bytes);
    }

    private TensorType ReadType(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.String, what + ": dtype");
        var name = reader.GetString()!;
        return TensorTypes.TryFromSafetensors(name, out var type)
            ? type
            : throw ModelFileException.In(path, $"gives {what} the dtype {Shown.Quoted(name)}, which is unknown here; convert the file to F32, F16 or BF16");
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string what, int most)
    {
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray, what);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Broken($"has a value under {what} that is no whole number from 0 to 2^63 - 1");
            if (numbers.Count == most)
                throw Broken(FormattableString.Invariant($"has more than {most} numbers under {what}"));
            numbers.Add(number);
        }
        return numbers;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType expected, string what)
    {
        if (!reader.Read() || reader.TokenType != expected)
            throw Broken($"has a {reader.TokenType} for {what}, expected a {expected}");
    }

    private ModelFileException Broken(string problem, Exception? inner = null) =>
        ModelFileException.In(path, $"is not a valid safetensors file: its header {problem}; download the file again or write it anew", inner);
}
