using Attune.Models.Files;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Loading;

/// <summary>Opens tokenizers without their models.</summary>
public static class TokenizerLoader
{
    /// <summary>The tokenizer of a GGUF file, of a folder with tokenizer.json, or of a tokenizer.json.</summary>
    /// <exception cref="AttuneException">The path holds none, or one that cannot be read.</exception>
    public static ITokenizer Load(string pathOrName)
    {
        // A folder of a tokenizer alone has no config.json, by which a model is found.
        var beside = Path.Combine(pathOrName, "tokenizer.json");
        if (File.Exists(beside))
            return TokenizerJson.Load(beside);
        var path = ModelLocator.Find(pathOrName);
        if (Directory.Exists(path))
            return File.Exists(Path.Combine(path, "tokenizer.json"))
                ? TokenizerJson.Load(Path.Combine(path, "tokenizer.json"))
                : throw new ModelFileException($"'{path}' has no tokenizer.json; add the model's tokenizer");
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return TokenizerJson.Load(path);
        using var file = GgufFile.Open(path);
        return GgufTokenizers.Create(file.Metadata);
    }
}
