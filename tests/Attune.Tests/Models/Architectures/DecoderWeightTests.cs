using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Tests.Models.Architectures;

/// <summary>A tensor that is missing, of another shape, or of no use is an error that says its name and shape, in every architecture.</summary>
public sealed class DecoderWeightTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-weights-").FullName;

    public static TheoryData<string> Names => TinyDecoders.Catalogue();

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Load_TensorsOfTheModel_SameScoresAsFromMemory(string name)
    {
        var tensors = Write(name, t => t);
        using var model = (CausalLanguageModel)ModelLoader.LoadTransformer(folder);
        var source = new RecordedWeights();
        using var expected = (CausalLanguageModel)TinyModels.Create(TinyDecoders.Configuration(name), source);
        Assert.Equal(tensors, source.Taken.Count);
        Assert.Equal(DecoderPropertyTests.Scores(expected, [5, 6, 7]), DecoderPropertyTests.Scores(model, [5, 6, 7]));
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Load_TensorMissing_NamesItWithItsShape(string name)
    {
        TensorToWrite? gone = null;
        Write(name, tensors =>
        {
            gone = tensors[^2];
            return [.. tensors.Where(t => t != gone)];
        });
        Fails(gone!.Name, Shape(gone.Shape));
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Load_TensorOfAnotherShape_NamesBothShapes(string name)
    {
        TensorToWrite? right = null;
        Write(name, tensors =>
        {
            right = tensors[tensors.Count / 2];
            var shape = right.Shape.Select(n => n + 1).ToArray();
            return [.. tensors.Where(t => t != right), TensorToWrite.FromFloats(right.Name, TensorType.F32, shape, new float[shape.Aggregate(1L, (a, b) => a * b)])];
        });
        Fails(right!.Name, Shape(right.Shape), Shape([.. right.Shape.Select(n => n + 1)]));
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Load_TensorOfNoUse_NamesItWithItsShape(string name)
    {
        Write(name, tensors => [.. tensors, TensorToWrite.FromFloats("model.surplus.weight", TensorType.F32, [2, 3], new float[6])]);
        Fails("model.surplus.weight", "[2, 3]");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Shape(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    private void Fails(params string[] words)
    {
        var e = Assert.Throws<ModelFileException>(() => ModelLoader.LoadTransformer(folder));
        foreach (var word in words)
            Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes the folder; answers the number of the model's tensors.</summary>
    private int Write(string name, Func<List<TensorToWrite>, List<TensorToWrite>> change)
    {
        var source = new RecordedWeights();
        var configuration = TinyDecoders.Configuration(name);
        TinyModels.Create(configuration, source).Dispose();
        File.WriteAllText(Path.Combine(folder, "config.json"), configuration.ToJsonString());
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), change(source.Taken), new Dictionary<string, string>());
        return source.Taken.Count;
    }
}
