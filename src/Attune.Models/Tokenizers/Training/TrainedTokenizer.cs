namespace Attune.Models.Tokenizers;

/// <summary>A tokenizer that was learned from text, as the tokenizer.json that any library reads.</summary>
public sealed class TrainedTokenizer
{
    internal TrainedTokenizer(byte[] json) => Json = json;

    /// <summary>The file's content, UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The tokenizer itself.</summary>
    public ITokenizer Load() => TokenizerJson.Parse(Json, name: "The trained tokenizer");

    /// <summary>Writes tokenizer.json.</summary>
    public void Save(string path) => File.WriteAllBytes(path, Json.Span);
}
