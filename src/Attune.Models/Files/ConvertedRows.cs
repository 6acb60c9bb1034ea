using System.Buffers;
using System.Runtime.ExceptionServices;
using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>Writes a stored tensor as another type, part by part: parts of a chunk are converted side by side, each by its place alone.</summary>
internal static class ConvertedRows
{
    // A multiple of every block length.
    private const int PartElements = 1 << 16;
    private const int PartsOfChunk = 32;

    public static void Write(StoredTensor stored, TensorType type, Func<long, long>? sourceRow, Stream stream)
    {
        if (sourceRow is not null)
            WriteRows(stored, type, sourceRow, stream);
        else if (type == stored.Info.Type)
            stored.CopyTo(stream);
        else
            WriteParts(stored, type, stream);
    }

    private static void WriteParts(StoredTensor stored, TensorType type, Stream stream)
    {
        var partBytes = (int)TensorTypes.Bytes(type, PartElements);
        var values = ArrayPool<float>.Shared.Rent(PartElements * PartsOfChunk);
        var packed = ArrayPool<byte>.Shared.Rent(partBytes * PartsOfChunk);
        for (long first = 0; first < stored.Elements; first += PartElements * PartsOfChunk)
        {
            var count = (int)Math.Min(PartElements * PartsOfChunk, stored.Elements - first);
            var start = first;
            SideBySide((count + PartElements - 1) / PartElements, part =>
            {
                var elements = Math.Min(PartElements, count - (part * PartElements));
                var from = values.AsSpan(part * PartElements, elements);
                stored.ReadPart(start + (part * PartElements), from);
                Pack(stored, type, start + (part * PartElements), from, packed.AsSpan(part * partBytes, (int)TensorTypes.Bytes(type, elements)));
            });
            stream.Write(packed, 0, (int)TensorTypes.Bytes(type, count));
        }
        ArrayPool<float>.Shared.Return(values);
        ArrayPool<byte>.Shared.Return(packed);
    }

    private static void WriteRows(StoredTensor stored, TensorType type, Func<long, long> sourceRow, Stream stream)
    {
        var columns = stored.Info.Shape is [.., var last] ? last : 1;
        if (columns > Array.MaxLength)
            throw ModelFileException.In(stored.Path, $"has rows of {columns} elements in tensor {Shown.Quoted(stored.Info.Name)}, more than are read at once");
        var rows = columns == 0 ? 0 : stored.Elements / columns;
        var packed = new byte[TensorTypes.Bytes(type, columns)];
        var values = type == stored.Info.Type ? [] : new float[columns];
        for (long row = 0; row < rows; row++)
        {
            var first = sourceRow(row) * columns;
            if (type == stored.Info.Type)
            {
                stored.CopyPacked(first, packed);
            }
            else
            {
                stored.ReadPart(first, values);
                Pack(stored, type, first, values, packed);
            }
            stream.Write(packed);
        }
    }

    private static void Pack(StoredTensor stored, TensorType type, long first, ReadOnlySpan<float> values, Span<byte> packed)
    {
        try
        {
            Quantiser.Quantise(type, values, packed);
        }
        catch (AttuneException e)
        {
            throw new ModelFileException($"'{stored.Path}' cannot be converted at tensor {Shown.Quoted(stored.Info.Name)}: {e.Message}", e, e.Kind);
        }
        if (type == TensorType.F16)
            CheckRange(stored, first, values);
    }

    // Rounding would make infinities of them, without a word.
    private static void CheckRange(StoredTensor stored, long first, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i]) && !Half.IsFinite((Half)values[i]))
                throw new ModelFileException(FormattableString.Invariant(
                    $"'{stored.Path}' cannot be converted to F16: tensor {Shown.Quoted(stored.Info.Name)} holds {values[i]} at element {first + i}, above F16's 65504; choose BF16 or F32"), kind: AttuneErrorKind.Work);
        }
    }

    private static void SideBySide(int count, Action<int> part)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = ThreadTeam.Threads }, part);
        }
        catch (AggregateException e)
        {
            // The first in the order of the parts would need all of them; any names the tensor.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
