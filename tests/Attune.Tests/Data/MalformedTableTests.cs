using System.Text.Json;
using System.Text.RegularExpressions;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

/// <summary>The table files of the manifest of malformed files: columns text and label, labels a and b.</summary>
[Trait("Category", "Goldens")]
public class MalformedTableTests
{
    private static readonly string[] Folders = ["jsonl", "csv", "tsv"];

    [SkippableFact]
    public void Read_MalformedTables_AreRefusedOrLoadAsTheManifestSays()
    {
        TestFolders.Fixture("files/malformed/manifest.json");
        var wrong = new List<string>();
        var count = 0;
        foreach (var manifest in TestFolders.AllFixtures("files/malformed/manifest.json"))
        {
            foreach (var entry in JsonElement.Parse(File.ReadAllText(manifest)).EnumerateArray())
            {
                var file = entry.GetProperty("file").GetString()!;
                if (!Folders.Contains(file.Split('/')[0]))
                    continue;
                count++;
                var found = Check(Path.Combine(Path.GetDirectoryName(manifest)!, file), entry.GetProperty("wrong").GetString()!, entry.GetProperty("must").GetString()!);
                if (found is not null)
                    wrong.Add($"{file}: {found}");
            }
        }

        Assert.NotEqual(0, count);
        Assert.Empty(wrong);
    }

    /// <summary>What is not as it must be; null if all is.</summary>
    private static string? Check(string file, string wrong, string must)
    {
        using var folder = new TemporaryFolder();
        folder.Write("task.json", """{"kind":"classification","labels":["a","b"]}""");
        var train = folder.Write("train" + Path.GetExtension(file), File.ReadAllBytes(file));
        try
        {
            var report = DataReader.Read(folder.Path).Report;

            // Two warnings say only that a tiny file lacks a label.
            var warned = report.Warnings.Any(w => !w.Found.StartsWith("No training row", StringComparison.Ordinal));
            return must == "load" || (must == "refuse_or_warn" && warned) ? null : "it loaded";
        }
        catch (AttuneException e)
        {
            if (must == "load")
                return $"it was refused: {e.Message}";
            var line = Regex.Match(wrong, @"line \d+");
            return !e.Message.Contains(train) ? $"the file is not named: {e.Message}"
                : line.Success && !e.Message.Contains(line.Value) ? $"'{line.Value}' is not named: {e.Message}" : null;
        }
    }
}
