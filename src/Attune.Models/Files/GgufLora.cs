using Attune.Tensors;

namespace Attune.Models.Files;

/// <summary>
/// A LoRA adapter as llama.cpp reads it: a GGUF file with <c>general.type</c> adapter, <c>adapter.type</c> lora, <c>adapter.lora.alpha</c> and two
/// tensors <c>NAME.lora_a</c> and <c>NAME.lora_b</c> for each changed tensor. Source: llama-adapter.cpp and convert_lora_to_gguf.py of llama.cpp.
/// </summary>
/// <param name="Architecture">That of the base model: <c>llama</c>.</param>
/// <param name="Alpha">α; the change is scaled by α/rank, and by 1 where α is 0. A rank-stabilised adapter (α/√rank) has α·√rank here.</param>
/// <param name="Factors">In the order of the file.</param>
public sealed record GgufLora(string Architecture, float Alpha, IReadOnlyList<GgufLoraFactors> Factors)
{
    private const string EndA = ".lora_a";
    private const string EndB = ".lora_b";
    private const string Embedding = "token_embd.weight";

    /// <summary>Norm vectors that replace the model's, as some tools add them; llama.cpp passes over them.</summary>
    public IReadOnlyDictionary<string, float[]> Norms { get; init; } = new Dictionary<string, float[]>();

    /// <summary>The key <c>general.name</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What B·A is multiplied by.</summary>
    public float Scale(GgufLoraFactors factors) => Alpha == 0 ? 1 : Alpha / factors.Rank;

    /// <exception cref="ModelFileException">The file is no GGUF file, no LoRA adapter, or a factor is missing or misshapen.</exception>
    public static GgufLora Read(string path)
    {
        using var file = GgufFile.Open(path);
        Require(file, "general.type", "adapter");
        Require(file, "adapter.type", "lora");
        var alpha = file.Metadata.FindNumber("adapter.lora.alpha") ?? 0;
        if (!float.IsFinite((float)alpha))
            throw ModelFileException.In(path, $"has adapter.lora.alpha {alpha}, expected a finite number; convert the adapter again");
        var factors = new List<GgufLoraFactors>();
        var norms = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (name, tensor) in file.Tensors)
        {
            if (name.EndsWith(EndA, StringComparison.Ordinal))
                factors.Add(Pair(file, name[..^EndA.Length], tensor));
            else if (name.EndsWith(EndB, StringComparison.Ordinal))
                Other(file, name, name[..^EndB.Length] + EndA);
            else if (name.EndsWith("_norm.weight", StringComparison.Ordinal))
                norms.Add(name, tensor.ToFloat32());
            else
                throw ModelFileException.In(path, $"has the tensor {Shown.Quoted(name)}, which is no part of a LoRA adapter: expected names that end in {EndA} and {EndB}; convert the adapter again");
        }
        return factors.Count == 0
            ? throw ModelFileException.In(path, $"holds no tensors that end in {EndA} and {EndB}; convert the adapter again")
            : new GgufLora(file.Metadata.GetText("general.architecture"), (float)alpha, factors) { Norms = norms, Name = file.Metadata.FindText("general.name") };
    }

    /// <summary>Writes the adapter; factors whose rows are no whole blocks of <paramref name="type"/> are written as F16.</summary>
    /// <exception cref="AttuneException">The file could not be written.</exception>
    public void Write(string path, TensorType type = TensorType.F32)
    {
        List<KeyValuePair<string, GgufValue>> metadata =
        [
            new("general.architecture", GgufValue.Of(Architecture)),
            new("general.type", GgufValue.Of("adapter")),
            new("adapter.type", GgufValue.Of("lora")),
        ];
        if (Name is not null)
            metadata.Add(new("general.name", GgufValue.Of(Name)));
        if (GgufFileTypes.Of(type) is { } code)
            metadata.Add(new(GgufFileTypes.Key, GgufValue.Of(code)));
        metadata.Add(new("adapter.lora.alpha", GgufValue.Of(Alpha)));
        var tensors = Factors.SelectMany(f => Stored(f, type)).ToList();
        tensors.AddRange(Norms.Select(n => TensorToWrite.FromFloats(n.Key, TensorType.F32, [n.Value.Length], n.Value)));
        GgufWriter.Write(path, metadata, tensors);
    }

    /// <summary>
    /// The same adapter with rows of B for q and k in the order of Hugging Face, where the file's architecture is one that llama.cpp's
    /// converter reorders (llama); else unchanged.
    /// </summary>
    /// <param name="head">The size of a head of the base model.</param>
    /// <exception cref="AttuneException">A factor's rows are no whole heads.</exception>
    public GgufLora FromFileOrder(int head) => Reordered(head, row => (int)HeadRows.ToPairs(row, head));

    /// <summary>The same adapter with rows of B for q and k as the file wants them, before <see cref="Write"/>: undoes <see cref="FromFileOrder"/>.</summary>
    /// <inheritdoc cref="FromFileOrder" path="/param"/>
    /// <inheritdoc cref="FromFileOrder" path="/exception"/>
    public GgufLora ToFileOrder(int head) => Reordered(head, row => (int)HeadRows.ToHalves(row, head));

    private GgufLora Reordered(int head, Func<int, int> sourceRow)
    {
        if (Architecture != "llama")
            return this;
        return this with { Factors = [.. Factors.Select(f => IsRotated(f.Tensor) ? Checked(f, head).Reordered(sourceRow) : f)] };
    }

    private static bool IsRotated(string tensor) =>
        tensor.EndsWith(".attn_q.weight", StringComparison.Ordinal) || tensor.EndsWith(".attn_k.weight", StringComparison.Ordinal);

    private static GgufLoraFactors Checked(GgufLoraFactors f, int head) => head > 0 && head % 2 == 0 && f.Outputs % head == 0
        ? f
        : throw new AttuneException(FormattableString.Invariant(
            $"the adapter changes {f.Outputs} rows of {Shown.Quoted(f.Tensor)}, which are not whole heads of {head}; it was made for another model"));

    private static GgufLoraFactors Pair(GgufFile file, string tensor, StoredTensor first)
    {
        var second = Other(file, tensor + EndA, tensor + EndB);
        first.RequireFinite();
        second.RequireFinite();
        var (a, b) = (first.ToFloat32(), second.ToFloat32());
        // llama.cpp reads rows of the table by token, so that A lies transposed there.
        var embedding = tensor.EndsWith(Embedding, StringComparison.Ordinal);
        var (aRows, aColumns) = Axes(first);
        var (bRows, bColumns) = Axes(second);
        var (rank, inputs) = embedding ? (aColumns, aRows) : (aRows, aColumns);
        if (rank != bColumns || rank == 0)
            throw ModelFileException.In(file.Path, $"has factors {first.Info.ShapeText} and {second.Info.ShapeText} for {Shown.Quoted(tensor)}, which do not fit together; convert the adapter again");
        return new GgufLoraFactors(tensor, rank, inputs, bRows, embedding ? Transposed(a, aRows, aColumns) : a, b);
    }

    // Writers may drop axes of 1 at the slow end: a rank of 1 leaves a vector.
    private static (int Rows, int Columns) Axes(StoredTensor tensor)
    {
        var shape = tensor.Info.Shape;
        return shape.Take(shape.Count - 2).All(axis => axis == 1)
            ? (checked((int)(shape.Count > 1 ? shape[^2] : 1)), checked((int)shape[^1]))
            : throw ModelFileException.In(tensor.Path, $"has a factor of shape {tensor.Info.ShapeText} in {Shown.Quoted(tensor.Info.Name)}, expected a matrix; adapters of stacked experts are not read");
    }

    private static IEnumerable<TensorToWrite> Stored(GgufLoraFactors f, TensorType type)
    {
        var embedding = f.Tensor.EndsWith(Embedding, StringComparison.Ordinal);
        var a = embedding ? Transposed(f.A, f.Rank, f.Inputs) : f.A;
        yield return Stored(f.Tensor + EndA, embedding ? [f.Inputs, f.Rank] : [f.Rank, f.Inputs], a, type);
        yield return Stored(f.Tensor + EndB, [f.Outputs, f.Rank], f.B, type);
    }

    private static TensorToWrite Stored(string name, long[] shape, float[] values, TensorType type) =>
        TensorToWrite.FromFloats(name, shape[^1] % TensorTypes.BlockLength(type) == 0 ? type : TensorType.F16, shape, values);

    private static float[] Transposed(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                result[(j * rows) + i] = values[(i * columns) + j];
        return result;
    }

    private static StoredTensor Other(GgufFile file, string name, string other) => file.Tensors.TryGetValue(other, out var tensor)
        ? tensor
        : throw ModelFileException.In(file.Path, $"has {Shown.Quoted(name)} but not {Shown.Quoted(other)}; the file is incomplete: convert the adapter again");

    private static void Require(GgufFile file, string key, string expected)
    {
        var found = file.Metadata.FindText(key);
        if (found != expected)
            throw ModelFileException.In(file.Path, $"has the {key} {(found is null ? "(none)" : Shown.Quoted(found))}, expected '{expected}': it is no LoRA adapter; give a file that convert_lora_to_gguf made");
    }
}
