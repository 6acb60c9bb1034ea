namespace Attune.Models.Files;

/// <summary>Tensors of a safetensors file must fill its data part: no overlap, no hole, nothing left over.</summary>
internal static class SafetensorsLayout
{
    public static void Check(string path, IReadOnlyList<TensorInfo> tensors, long dataStart, long dataLength)
    {
        var next = dataStart;
        var before = "the header";
        foreach (var tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.Bytes))
        {
            if (tensor.Offset < next)
                throw ModelFileException.In(path, $"is not a valid safetensors file: tensor {Shown.Quoted(tensor.Name)} overlaps {before}; write the file anew");
            if (tensor.Offset > next)
                throw ModelFileException.In(path, $"is not a valid safetensors file: bytes {next} to {tensor.Offset} between {before} and tensor {Shown.Quoted(tensor.Name)} belong to no tensor; write the file anew");
            next = tensor.Offset + tensor.Bytes;
            before = "tensor " + Shown.Quoted(tensor.Name);
        }
        if (next != dataStart + dataLength)
            throw ModelFileException.In(path, $"is not a valid safetensors file: {dataStart + dataLength - next} bytes after {before} belong to no tensor; download the file again or write it anew");
    }
}
