using System.Text;
using System.Text.Json;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>A folder in which results are kept: ID.json and ID.html for each, ID-full.json and ID-full.html for those at full scale, and in README.md, between two marks, a table of them all.</summary>
public static class KeptResults
{
    private const string Begin = "<!-- results: written by attune reproduce --keep -->";
    private const string End = "<!-- end of results -->";

    /// <summary>Writes a run's two files and renews the table.</summary>
    /// <exception cref="AttuneException">The run was at smoke scale, something cannot be written, or a file there is no result.</exception>
    public static void Keep(ReproductionResult result, string folder)
    {
        Require(result.Scale);
        var name = result.Card.Id + (result.Scale == RunScale.Full ? "-full" : "");
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, name + ".json"), ResultJson.Write(result));
        AtomicFile.Write(Path.Combine(folder, name + ".html"), ResultPage.Render(result));
        Renew(folder);
    }

    /// <exception cref="AttuneException">The scale is that of smoke, which shows nothing that is worth keeping.</exception>
    public static void Require(RunScale scale)
    {
        if (scale == RunScale.Smoke)
            throw new AttuneException("a run at smoke scale says nothing of what holds, so it is not kept; leave --keep out, or give --scale small");
    }

    private static void Renew(string folder)
    {
        var readme = Path.Combine(folder, "README.md");
        var text = File.Exists(readme) ? File.ReadAllText(readme) : $"# Results of reproductions\n\n{Begin}\n{End}\n";
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            throw new AttuneException($"{readme} has no lines '{Begin}' and '{End}'; add them where the table of results is to stand");
        var table = Table(Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal));
        AtomicFile.Write(readme, text[..(begin + Begin.Length)] + "\n" + table + text[end..]);
    }

    private static string Table(IEnumerable<string> files)
    {
        var table = new StringBuilder("| paper | scale | seeds | claims | minutes | version |\n|---|---|---|---|---|---|\n");
        foreach (var file in files)
            table.Append(Row(file)).Append('\n');
        return table.ToString();
    }

    private static string Row(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var r = json.RootElement;
            var verdicts = r.GetProperty("claims").EnumerateArray().Select(c => c.GetProperty("verdict").GetString()!).GroupBy(v => v, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => FormattableString.Invariant($"{g.Count()} {g.Key}"));
            var id = r.GetProperty("id").GetString();
            return FormattableString.Invariant($"| [{id}]({Path.GetFileNameWithoutExtension(file)}.html) {r.GetProperty("title").GetString()} | {r.GetProperty("scale").GetString()} | {r.GetProperty("seeds").GetInt32()} | {(r.GetProperty("failed").GetBoolean() ? "void: a check failed" : string.Join(", ", verdicts))} | {r.GetProperty("seconds").GetDouble() / 60:0.0} | {r.GetProperty("version").GetString()} |");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new AttuneException($"{file} is no result of a reproduction ({e.Message}); move it elsewhere", AttuneErrorKind.Request, e);
        }
    }
}
