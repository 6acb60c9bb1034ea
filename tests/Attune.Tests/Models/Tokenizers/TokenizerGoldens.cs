using System.Text.Json;
using Attune.Models.Tokenizers;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>The folders with tokenizer.json and cases.jsonl under the fixture folders, and what is in them.</summary>
internal static class TokenizerGoldens
{
    private static readonly Dictionary<string, ITokenizer> Loaded = new(StringComparer.Ordinal);

    /// <summary>Folder paths, or one empty text where there are no fixtures, so that a theory can skip instead of failing.</summary>
    public static IEnumerable<object[]> Folders(string file, string model = "tokenizer.json")
    {
        var found = TestFolders.AllFixtures("tokenizers").SelectMany(Directory.GetDirectories)
            .Where(f => File.Exists(Path.Combine(f, model)) && File.Exists(Path.Combine(f, file)))
            .Order(StringComparer.Ordinal).Select(f => new object[] { f }).ToList();
        return found.Count > 0 ? found : [[""]];
    }

    public static ITokenizer Load(string folder)
    {
        Skip.If(folder.Length == 0, "there are no tokenizer fixtures");
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(folder, out var tokenizer))
                Loaded[folder] = tokenizer = TokenizerJson.Load(Path.Combine(folder, "tokenizer.json"));
            return tokenizer;
        }
    }

    public static IEnumerable<JsonElement> Lines(string path)
    {
        foreach (var line in File.ReadAllText(path).Split('\n'))
        {
            if (line.Length == 0)
                continue;
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    public static int[] Ids(this JsonElement line, string name) => [.. line.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];

    public static string Text(this JsonElement line, string name) => line.GetProperty(name).GetString()!;

    /// <summary>Compares every case, then fails with the count and the first differences.</summary>
    public static void AllEqual<T>(IEnumerable<(string Text, T Expected, T Actual)> cases)
    {
        var count = 0;
        var wrong = new List<string>();
        foreach (var (text, expected, actual) in cases)
        {
            count++;
            var (left, right) = (JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
            if (left != right)
                wrong.Add($"{JsonSerializer.Serialize(text)}: expected {Shorten(left)}, got {Shorten(right)}");
        }
        Assert.True(count > 0, "there was no case");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count} cases differ:\n{string.Join("\n", wrong.Take(20))}");
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
