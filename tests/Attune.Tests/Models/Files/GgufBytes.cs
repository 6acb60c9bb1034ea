using System.Text;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

/// <summary>Builds GGUF files byte by byte, so that the reader is not tested by the writer alone.</summary>
internal sealed class GgufBytes
{
    private readonly MemoryStream memory = new();
    private readonly BinaryWriter writer;

    public GgufBytes(ulong tensors, ulong entries, uint version = 3, string magic = "GGUF")
    {
        writer = new BinaryWriter(memory);
        writer.Write(Encoding.ASCII.GetBytes(magic));
        Number(version).Number(tensors).Number(entries);
    }

    public GgufBytes Number(uint value)
    {
        writer.Write(value);
        return this;
    }

    public GgufBytes Number(ulong value)
    {
        writer.Write(value);
        return this;
    }

    public GgufBytes Raw(params byte[] bytes)
    {
        writer.Write(bytes);
        return this;
    }

    public GgufBytes Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Number((ulong)bytes.Length).Raw(bytes);
    }

    public GgufBytes Key(string key, GgufValueType type) => Text(key).Number((uint)type);

    public GgufBytes Tensor(string name, uint type, ulong offset, params ulong[] fastestFirst)
    {
        Text(name).Number((uint)fastestFirst.Length);
        foreach (var axis in fastestFirst)
            Number(axis);
        return Number(type).Number(offset);
    }

    public GgufBytes Align(int alignment = 32) => Raw(new byte[-memory.Length & (alignment - 1)]);

    public byte[] ToArray() => memory.ToArray();
}
