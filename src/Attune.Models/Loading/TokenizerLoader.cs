using Attune.Models.Files;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Loading;

/// <summary>Opens tokenizers without their models, whatever they are kept in.</summary>
public static class TokenizerLoader
{
    private const string Json = "tokenizer.json", WordPieces = "vocab.txt";

    /// <summary>
    /// The tokenizer of a GGUF file, of a folder (tokenizer.json, else a sentencepiece model, else BERT's vocab.txt), or of one of those
    /// files itself.
    /// </summary>
    /// <exception cref="AttuneException">The path holds none, or one that cannot be read.</exception>
    public static ITokenizer Load(string pathOrName)
    {
        // A folder of a tokenizer alone has no config.json, by which a model is found.
        if (Directory.Exists(pathOrName) && FileIn(pathOrName) is { } beside)
            return FromFile(beside);
        var path = ModelLocator.Find(pathOrName);
        return Directory.Exists(path) ? FromFolder(path) : FromFile(path);
    }

    /// <summary>The tokenizer of a model's folder.</summary>
    internal static ITokenizer FromFolder(string folder) => FromFile(FileIn(folder)
        ?? throw new ModelFileException($"'{folder}' has no {Json} and no {SentencePieceTokenizer.FileNames[0]}; add the model's tokenizer"));

    private static string? FileIn(string folder) => ((string[])[Json, .. SentencePieceTokenizer.FileNames, WordPieces])
        .Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);

    private static ITokenizer FromFile(string path)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".json": return TokenizerJson.Load(path);
            case ".model": return SentencePieceTokenizer.Load(path);
            case ".txt": return WordPieceTokenizer.LoadVocabulary(path, IsUncased(path));
        }
        using var file = GgufFile.Open(path);
        return GgufTokenizers.Create(file.Metadata);
    }

    private static bool IsUncased(string vocabulary)
    {
        var settings = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(vocabulary))!, "tokenizer_config.json");
        if (!File.Exists(settings))
            return true;
        using var document = JsonFields.Parse(File.ReadAllBytes(settings), $"'{settings}'");
        return document.RootElement.Flag("do_lower_case") ?? true;
    }
}
