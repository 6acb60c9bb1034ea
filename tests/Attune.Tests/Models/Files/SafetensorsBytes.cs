using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Tests.Models.Files;

/// <summary>Builds safetensors files byte by byte, so that the reader is not tested by the writer alone.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Of(string header, byte[] data, long? announcedLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, announcedLength ?? json.Length);
        return [.. length, .. json, .. data];
    }

    public static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
