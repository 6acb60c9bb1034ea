using System.Diagnostics;
using System.Text.Json;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>The broken and hostile tokenizer files of the manifest: each is refused in a sentence, warned of, or ends within a second.</summary>
[Trait("Category", "Goldens")]
public sealed class MalformedTokenizerTests
{
    public static IEnumerable<object[]> Files()
    {
        var found = TestFolders.AllFixtures("files/malformed/manifest.json").SelectMany(manifest =>
        {
            using var document = JsonDocument.Parse(File.ReadAllText(manifest));
            var folder = Path.GetDirectoryName(manifest)!;
            return document.RootElement.EnumerateArray().Where(c => IsTokenizer(c.GetProperty("file").GetString()!))
                .Select(c => new object[]
                {
                    Path.Combine(folder, c.GetProperty("file").GetString()!), c.GetProperty("must").GetString()!,
                    c.TryGetProperty("input", out var input) ? input.GetString()! : "",
                }).ToList();
        }).ToList();
        return found.Count > 0 ? found : [["", "", ""]];
    }

    // The mutations in JSON are those of a tokenizer.json.
    private static bool IsTokenizer(string file) => file.StartsWith("tokenizers/", StringComparison.Ordinal)
        || file.StartsWith("fuzz/", StringComparison.Ordinal) && file.EndsWith(".json", StringComparison.Ordinal);

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Load_MalformedFile_EndsAsTheManifestDemands(string path, string must, string input)
    {
        Skip.If(path.Length == 0, "there is no manifest of malformed files under the fixture folders");
        var watch = Stopwatch.StartNew();
        var warned = false;
        AttuneException? refusal = null;
        try
        {
            var tokenizer = TokenizerJson.Load(path);
            warned = tokenizer.Warnings.Count > 0;
            var ids = tokenizer.Encode(input, addSpecial: true);
            tokenizer.Decode(ids, skipSpecial: false);
            tokenizer.Decode([.. Enumerable.Range(0, tokenizer.VocabularySize)], skipSpecial: false);
        }
        catch (AttuneException e)
        {
            refusal = e;
            Assert.Equal(AttuneErrorKind.Request, e.Kind);
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"took {watch.Elapsed}");
        Assert.True(must switch { "refuse" => refusal is not null, "refuse_or_warn" => refusal is not null || warned, _ => true }, $"'{must}' was demanded");
    }
}
