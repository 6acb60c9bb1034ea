using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Tests.Models.Files;

public class GgufControlVectorTests
{
    [Fact]
    public void Write_ThenRead_GivesBackDirections()
    {
        using var folder = new TemporaryFolder();
        new GgufControlVector("llama", new Dictionary<int, float[]> { [10] = [3, 4], [2] = [1, -2] }).Write(folder.File("x.gguf"));
        var read = GgufControlVector.Read(folder.File("x.gguf"));
        Assert.Equal(("llama", 2), (read.ModelArchitecture, read.Hidden));
        Assert.Equal([2, 10], read.Directions.Keys);
        Assert.Equal([1f, -2], read.Directions[2]);
        Assert.Equal([3f, 4], read.Directions[10]);
        Assert.Equal("controlvector", ModelFileInfo.Read(folder.File("x.gguf")).Kind);
    }

    [Theory]
    [InlineData("direction.0")]
    [InlineData("direction.-1")]
    [InlineData("direction.01")]
    [InlineData("direction.99999999999")]
    [InlineData("weight")]
    public void Read_OtherNames_AreRefused(string name)
    {
        using var folder = new TemporaryFolder();
        Write(folder, TensorToWrite.FromFloats(name, TensorType.F32, [2], new float[2]));
        Assert.Contains($"'{name}'", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadDirections_AreRefused()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        Assert.Contains("direction", Refusal(folder), StringComparison.Ordinal);
        Write(folder, TensorToWrite.FromFloats("direction.1", TensorType.F32, [2], new float[2]), TensorToWrite.FromFloats("direction.2", TensorType.F32, [3], new float[3]));
        Assert.Contains("of 2 and, at block 2, of 3", Refusal(folder), StringComparison.Ordinal);
        Write(folder, TensorToWrite.FromFloats("direction.1", TensorType.F32, [2, 2], new float[4]));
        Assert.Contains("[2, 2]", Refusal(folder), StringComparison.Ordinal);
        GgufWriter.Write(folder.File("x.gguf"), [new("general.architecture", GgufValue.Of("llama"))], []);
        Assert.Contains("'llama'", Refusal(folder), StringComparison.Ordinal);
        Assert.Throws<AttuneException>(() => new GgufControlVector(null, new Dictionary<int, float[]> { [0] = [1] }).Write(folder.File("y.gguf")));
    }

    private static void Write(TemporaryFolder folder, params TensorToWrite[] tensors) =>
        GgufWriter.Write(folder.File("x.gguf"), [new("general.architecture", GgufValue.Of("controlvector"))], tensors);

    private static string Refusal(TemporaryFolder folder) =>
        Assert.Throws<ModelFileException>(() => GgufControlVector.Read(folder.File("x.gguf"))).Message;
}
