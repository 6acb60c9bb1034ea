using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Attune.Models.Files;

/// <summary>
/// Reads JSON files of strangers: of limited length and depth, with texts that are whole. What is wrong is one sentence with the path, so that
/// a reader of the values need not expect it.
/// </summary>
public static class JsonFile
{
    private const int DeepestJson = 64;

    // The longest in use, tokenizers of large vocabularies, have less than half of it.
    private const long Longest = 100_000_000;

    /// <summary>The file's value.</summary>
    /// <exception cref="ModelFileException">The file is missing, too long, or not valid JSON.</exception>
    public static JsonElement Read(string path) => Parse(Bytes(path), path);

    /// <summary>The file's object, in which no key comes twice.</summary>
    /// <exception cref="ModelFileException">The file is missing, too long, not valid JSON, or no object.</exception>
    public static JsonObject ReadObject(string path)
    {
        var bytes = Bytes(path);
        try
        {
            RequireWholeTexts(bytes);
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = DeepestJson, AllowDuplicateProperties = false }) as JsonObject
                ?? throw new ModelFileException($"'{path}' holds no JSON object; expected keys with values");
        }
        catch (JsonException e)
        {
            throw Wrong(path, e);
        }
    }

    /// <summary>The value of a text in UTF-8.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="name">What the error calls it: a path.</param>
    /// <exception cref="ModelFileException">It is not valid JSON.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        try
        {
            RequireWholeTexts(utf8.Span);
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = DeepestJson });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw Wrong(name, e);
        }
    }

    /// <summary>Refuses JSON whose escapes make halves of surrogate pairs, which are found only when a text is asked for, and no text then.</summary>
    /// <exception cref="JsonException">There is one, or it is not valid JSON.</exception>
    public static void RequireWholeTexts(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            throw new JsonException("it is not UTF-8");
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DeepestJson });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
                continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException e)
            {
                var line = utf8[..(int)reader.TokenStartIndex].Count((byte)'\n');
                throw new JsonException(FormattableString.Invariant($"half a surrogate pair, which is no character, in line {line + 1}"), null, line, null, e);
            }
        }
    }

    private static byte[] Bytes(string path)
    {
        if (!File.Exists(path))
            throw new ModelFileException($"'{path}' is missing; give a folder in Hugging Face layout");
        try
        {
            var length = new FileInfo(path).Length;
            return length <= Longest
                ? File.ReadAllBytes(path)
                : throw new ModelFileException(FormattableString.Invariant($"'{path}' is {length} bytes long, more than the {Longest} that a JSON file may have; is it another file?"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); check its permissions", e);
        }
    }

    private static ModelFileException Wrong(string name, JsonException e) =>
        new($"'{name}' is not valid JSON ({e.Message.TrimEnd('.')}); download it again or mend it", e);
}
