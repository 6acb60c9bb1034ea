using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>
/// Writes the tensors of an open source anew in one type, streamed: no tensor is ever whole in memory. Vectors and norms stay F32, as ggml
/// wants them; integers and truth values stay as they are.
/// </summary>
public static class TensorConversion
{
    // What llama.cpp takes where a row is no whole number of blocks of 256.
    private static readonly Dictionary<TensorType, TensorType> ForShortRows = new()
    {
        [TensorType.Q2_K] = TensorType.IQ4_NL,
        [TensorType.Q3_K] = TensorType.IQ4_NL,
        [TensorType.IQ4_XS] = TensorType.IQ4_NL,
        [TensorType.Q4_K] = TensorType.Q5_0,
        [TensorType.Q5_K] = TensorType.Q5_1,
        [TensorType.Q6_K] = TensorType.Q8_0,
    };

    /// <summary>The types that values can be converted to.</summary>
    public static IReadOnlyList<TensorType> WritableTypes { get; } = [.. TensorTypes.All.Where(Quantiser.CanWrite)];

    /// <summary>The types whose values can be read.</summary>
    public static IReadOnlyList<TensorType> ReadableTypes { get; } = [.. TensorTypes.All.Where(Dequantiser.CanRead)];

    /// <summary>The type of a name in any case: <c>q8_0</c>, <c>BF16</c>.</summary>
    /// <exception cref="AttuneException">There is none of that name, or none that can be written.</exception>
    public static TensorType ParseType(string name)
    {
        foreach (var type in WritableTypes)
        {
            if (string.Equals(TensorTypes.Name(type), name, StringComparison.OrdinalIgnoreCase))
                return type;
        }
        throw new AttuneException($"the tensor type {Shown.Quoted(name)} is not written here; choose one of {Quantiser.WritableNames}");
    }

    /// <summary>
    /// The type that a tensor gets where <paramref name="wanted"/> is asked for: integers keep theirs, vectors and norms are F32, rows that are
    /// not whole blocks of 256 get a type with blocks of 32, and rows that are not whole blocks of 32 get F16.
    /// </summary>
    public static TensorType TypeFor(TensorInfo tensor, TensorType wanted)
    {
        if (IsInteger(tensor.Type))
            return tensor.Type;
        if (tensor.Shape.Count(axis => axis != 1) < 2 || tensor.Name.EndsWith("norm.weight", StringComparison.Ordinal))
            return TensorType.F32;
        while (tensor.Shape[^1] % TensorTypes.BlockLength(wanted) != 0)
            wanted = ForShortRows.GetValueOrDefault(wanted, TensorType.F16);
        return wanted;
    }

    /// <summary>
    /// Writes a GGUF file with the tensors of <paramref name="source"/> and the metadata given, in which <c>general.file_type</c> is set to
    /// what most tensors are.
    /// </summary>
    /// <param name="typeOf">The type of each tensor; null: <see cref="TypeFor"/>.</param>
    /// <param name="progress">Told the share of the tensors' bytes that is written, from 0 to 1.</param>
    /// <returns>How many tensors were written in each type.</returns>
    /// <exception cref="AttuneException">A tensor cannot be held, the path is the source's own, or the file could not be written.</exception>
    public static IReadOnlyDictionary<TensorType, int> ToGguf(
        string path, ITensorSource source, IEnumerable<KeyValuePair<string, GgufValue>> metadata, TensorType type,
        Func<TensorInfo, TensorType>? typeOf = null, Action<double>? progress = null)
    {
        var tensors = Plan(source, typeOf ?? (t => TypeFor(t, type)), progress);
        var entries = metadata.ToList();
        var at = entries.FindIndex(e => e.Key == GgufFileTypes.Key);
        if (GgufFileTypes.Of(type) is { } code)
        {
            var entry = KeyValuePair.Create(GgufFileTypes.Key, GgufValue.Of(code));
            if (at >= 0)
                entries[at] = entry;
            else
                entries.Add(entry);
        }
        Guarded(() => GgufWriter.Write(path, entries, tensors));
        return Count(tensors);
    }

    /// <summary>Writes a safetensors file with the tensors of <paramref name="source"/> as F32, F16 or BF16.</summary>
    /// <inheritdoc cref="ToGguf" path="/param"/>
    /// <inheritdoc cref="ToGguf" path="/returns"/>
    /// <inheritdoc cref="ToGguf" path="/exception"/>
    public static IReadOnlyDictionary<TensorType, int> ToSafetensors(
        string path, ITensorSource source, IReadOnlyDictionary<string, string>? metadata, TensorType type,
        Func<TensorInfo, TensorType>? typeOf = null, Action<double>? progress = null)
    {
        if (TensorTypes.SafetensorsName(type) is null)
            throw new AttuneException($"safetensors has no type {TensorTypes.Name(type)}; choose F32, F16 or BF16, or write a GGUF file");
        var tensors = Plan(source, typeOf ?? (t => TypeFor(t, type)), progress);
        Guarded(() => SafetensorsWriter.Write(path, tensors, metadata));
        return Count(tensors);
    }

    private static List<TensorToWrite> Plan(ITensorSource source, Func<TensorInfo, TensorType> typeOf, Action<double>? progress)
    {
        var all = Math.Max(1, source.Tensors.Values.Sum(t => t.Info.Bytes));
        long done = 0;
        return [.. source.Tensors.Values.Select(t =>
        {
            CheckReadable(t, typeOf(t.Info));
            var tensor = TensorToWrite.Converted(t, typeOf(t.Info));
            tensor.Written = () => progress?.Invoke((double)(done += t.Info.Bytes) / all);
            return tensor;
        })];
    }

    private static void CheckReadable(StoredTensor tensor, TensorType type)
    {
        if (type != tensor.Info.Type && !Dequantiser.CanRead(tensor.Info.Type))
            throw ModelFileException.In(tensor.Path, $"stores tensor {Shown.Quoted(tensor.Info.Name)} as {TensorTypes.Name(tensor.Info.Type)}, which is not decoded here; use a file in one of {Dequantiser.ReadableNames}");
    }

    // What a format cannot hold is the file's or the user's doing here, not a caller's.
    private static void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (ArgumentException e)
        {
            throw new AttuneException(e.Message, AttuneErrorKind.Request, e);
        }
    }

    private static SortedDictionary<TensorType, int> Count(List<TensorToWrite> tensors) =>
        new(tensors.GroupBy(t => t.Type).ToDictionary(g => g.Key, g => g.Count()));

    private static bool IsInteger(TensorType type) => type is TensorType.Bool or TensorType.I8 or TensorType.U8 or TensorType.I16
        or TensorType.U16 or TensorType.I32 or TensorType.U32 or TensorType.I64 or TensorType.U64;
}
