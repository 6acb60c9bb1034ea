using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Tests.Models.Files;

/// <summary>Files that were cut or changed at random: a result or a clear error, never anything else.</summary>
public class FileMutationTests
{
    private static readonly TensorToWrite[] Tensors =
    [
        TensorToWrite.FromFloats("a", TensorType.F32, [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }),
        TensorToWrite.FromFloats("b", TensorType.F16, [4], new float[] { 1, 2, 3, 4 }),
    ];

    [Fact]
    public void Safetensors_CutOrChanged_GivesAResultOrAClearError() => Check(
        path => SafetensorsWriter.Write(path, Tensors, new Dictionary<string, string> { ["format"] = "pt" }),
        path => SafetensorsFile.Open(path),
        refuseEveryCut: true);

    [Fact]
    public void Gguf_CutOrChanged_GivesAResultOrAClearError() => Check(
        path => GgufWriter.Write(
            path,
            [new("k", GgufValue.Of("text")), new("n", GgufValue.Of(3u)), new("w", GgufValue.Of(GgufArray.Of(new[] { "x", "yz" }))), new("f", GgufValue.Of(true))],
            [.. Tensors, TensorToWrite.FromFloats("q", TensorType.Q4_0, [32], new float[32])]),
        path => GgufFile.Open(path),
        refuseEveryCut: false);

    private static void Check(Action<string> write, Func<string, ITensorSource> open, bool refuseEveryCut)
    {
        using var folder = new TemporaryFolder();
        write(folder.File("valid"));
        var valid = File.ReadAllBytes(folder.File("valid"));
        for (var length = 0; length < valid.Length; length++)
        {
            var refused = IsRefused(folder.Write("cut", valid[..length]), open);
            // The padding behind the last tensor of a GGUF may be missing.
            Assert.True(refused || (!refuseEveryCut && length > valid.Length - 32), FormattableString.Invariant($"cut to {length} bytes was read"));
        }
        var random = new SeededRandom(11);
        for (var i = 0; i < 1000; i++)
            IsRefused(folder.Write("changed", Changed(valid, random)), open);
    }

    private static byte[] Changed(byte[] valid, SeededRandom random)
    {
        var bytes = (byte[])valid.Clone();
        for (var change = random.Next(3); change >= 0; change--)
        {
            byte[] interesting = [0, 1, 0x7F, 0x80, 0xFF, (byte)random.Next(256)];
            bytes[random.Next(bytes.Length)] = interesting[random.Next(interesting.Length)];
        }
        return bytes;
    }

    private static bool IsRefused(string path, Func<string, ITensorSource> open)
    {
        try
        {
            using var source = open(path);
            foreach (var tensor in source.Tensors.Values.Where(t => Dequantiser.CanRead(t.Info.Type)))
                tensor.ToFloat32();
            return false;
        }
        catch (ModelFileException e)
        {
            Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
            return true;
        }
    }
}
