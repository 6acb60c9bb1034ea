using System.Buffers.Binary;
using System.Text;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

/// <summary>Sparse files with tensors beyond 4 GiB and of more than 4 GiB: only what is asked for is read.</summary>
public class LargeFileTests
{
    private const long Five = 5L << 30;

    [SkippableFact]
    public void Safetensors_TensorsOfFiveGibibytes_GiveTheirLastRows()
    {
        // A tensor of 5 GiB, and a small one behind it.
        var header = $$"""{"wide":{"dtype":"BF16","shape":[{{Five / 16}},8],"data_offsets":[0,{{Five}}]},"behind":{"dtype":"F32","shape":[2,2],"data_offsets":[{{Five}},{{Five + 16}}]} }""";
        header += new string(' ', -header.Length & 7);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        byte[] start = [.. length, .. Encoding.ASCII.GetBytes(header)];
        using var folder = new TemporaryFolder();
        // BF16 2 = 0x4000, as the last number of the wide tensor.
        Write(folder.File("x.safetensors"), start, start.Length + Five - 2, [0x00, 0x40, .. SafetensorsBytes.Floats(1, 2, 3, 4)]);
        using var file = SafetensorsFile.Open(folder.File("x.safetensors"));
        Check(file.Tensors["wide"], file.Tensors["behind"]);
    }

    [SkippableFact]
    public void Gguf_TensorsOfFiveGibibytes_GiveTheirLastRows()
    {
        var start = new GgufBytes(tensors: 2, entries: 0)
            .Tensor("wide", 30, 0, 8, (ulong)(Five / 16))
            .Tensor("behind", 0, (ulong)Five, 2, 2)
            .Align().ToArray();
        using var folder = new TemporaryFolder();
        Write(folder.File("x.gguf"), start, start.Length + Five - 2, [0x00, 0x40, .. SafetensorsBytes.Floats(1, 2, 3, 4)]);
        using var file = GgufFile.Open(folder.File("x.gguf"));
        Check(file.Tensors["wide"], file.Tensors["behind"]);
    }

    private static void Check(StoredTensor wide, StoredTensor behind)
    {
        var row = new float[8];
        wide.ReadPart(wide.Elements - 8, row);
        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 2], row);
        wide.ReadPart(wide.Elements / 2, row);
        Assert.Equal(new float[8], row);
        Assert.Equal([1f, 2, 3, 4], behind.ToFloat32());
        var error = Assert.Throws<ModelFileException>(wide.ToFloat32);
        Assert.Contains("more than are read at once", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => wide.ReadPart(wide.Elements - 7, row));
    }

    private static void Write(string path, byte[] start, long end, byte[] last)
    {
        Skip.If(OperatingSystem.IsWindows(), "files are not sparse by themselves on Windows");
        using var stream = new FileStream(path, FileMode.Create);
        stream.Write(start);
        stream.Position = end;
        stream.Write(last);
    }
}
