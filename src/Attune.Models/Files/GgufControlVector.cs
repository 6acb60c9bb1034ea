using System.Globalization;
using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>
/// A control vector as llama.cpp reads it: a GGUF file of architecture controlvector whose tensor <c>direction.N</c> (N from 1, F32) is added to the
/// hidden state after block N, counted from 0; nothing is added after block 0. Source: cvector-generator.cpp and
/// common.cpp of llama.cpp.
/// </summary>
/// <param name="ModelArchitecture">The key <c>controlvector.model_hint</c>: the architecture it was made for.</param>
/// <param name="Directions">Block → direction, all of one length.</param>
public sealed record GgufControlVector(string? ModelArchitecture, IReadOnlyDictionary<int, float[]> Directions)
{
    internal const string Kind = "controlvector";

    private const string Prefix = "direction.";
    private const string HintKey = "controlvector.model_hint";

    // No model known has a tenth of it.
    private const int MostBlocks = 1 << 16;

    /// <summary>The length of every direction.</summary>
    public int Hidden => Directions.Values.First().Length;

    /// <exception cref="ModelFileException">The file is no GGUF file, no control vector, or its directions differ in length.</exception>
    public static GgufControlVector Read(string path)
    {
        using var file = GgufFile.Open(path);
        var architecture = file.Metadata.FindText("general.architecture");
        if (architecture != Kind && file.Metadata.FindText("general.type") != Kind)
            throw ModelFileException.In(path, $"has the general.architecture {(architecture is null ? "(none)" : Shown.Quoted(architecture))}, expected '{Kind}': it is no control vector; give a file that cvector-generator made");
        var directions = new SortedDictionary<int, float[]>();
        foreach (var (name, tensor) in file.Tensors)
            directions.Add(Block(path, name), Values(tensor));
        if (directions.Count == 0)
            throw ModelFileException.In(path, $"holds no tensor named {Prefix}1 or higher; it has no direction to add");
        var hidden = directions.Values.First().Length;
        foreach (var (block, values) in directions)
        {
            if (values.Length != hidden)
                throw ModelFileException.In(path, $"has directions of {hidden} and, at block {block}, of {values.Length} numbers, expected one length; make it again");
        }
        return new GgufControlVector(file.Metadata.FindText(HintKey), directions);
    }

    /// <exception cref="AttuneException">A block is not from 1 up, directions differ in length, or the file could not be written.</exception>
    public void Write(string path)
    {
        if (Directions.Count == 0 || Directions.Keys.Min() < 1 || Directions.Values.Any(d => d.Length != Hidden || d.Length == 0))
            throw new AttuneException("a control vector file holds directions of one length after blocks from 1 up; that after block 0 has no place in it");
        List<KeyValuePair<string, GgufValue>> metadata = [new("general.architecture", GgufValue.Of(Kind)), new("general.type", GgufValue.Of(Kind))];
        if (ModelArchitecture is not null)
            metadata.Add(new(HintKey, GgufValue.Of(ModelArchitecture)));
        metadata.Add(new("controlvector.layer_count", GgufValue.Of((uint)Directions.Count)));
        GgufWriter.Write(path, metadata, Directions.OrderBy(d => d.Key).Select(d =>
            TensorToWrite.FromFloats(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{d.Key}"), TensorType.F32, [d.Value.Length], d.Value)));
    }

    private static int Block(string path, string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var block) && block is > 0 and < MostBlocks
        && name.Length == Prefix.Length + block.ToString(CultureInfo.InvariantCulture).Length
            ? block
            : throw ModelFileException.In(path, $"has the tensor {Shown.Quoted(name)} in a control vector, expected {Prefix}N with N from 1 up; make it again");

    private static float[] Values(StoredTensor tensor)
    {
        if (tensor.Info.Shape.Count != 1)
            throw ModelFileException.In(tensor.Path, $"has the shape {tensor.Info.ShapeText} for {Shown.Quoted(tensor.Info.Name)}, expected one axis; make it again");
        tensor.RequireFinite();
        return tensor.ToFloat32();
    }
}
