using System.Text.Json;
using Attune.Data;
using Attune.Data.Generators;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Reproductions.Nano;

/// <summary>A task that nano was not trained on.</summary>
/// <param name="Family">The held-out family that made it; null: one of the example sets.</param>
internal sealed record NanoSet(string Name, Dataset Data, string? Family)
{
    /// <summary>Names of the example sets that come with the program.</summary>
    public static readonly string[] Examples = ["support", "reviews", "codebook"];

    /// <exception cref="MissingNeedException">The examples are not beside the program.</exception>
    public static NanoSet Example(string name)
    {
        var folder = ProgramFolders.From(AppContext.BaseDirectory).Select(f => Path.Combine(f, "examples", name)).FirstOrDefault(Directory.Exists)
            ?? throw new MissingNeedException($"the folder examples/{name} is not beside the program; run it from the project's own folder");
        return new NanoSet(name, DataReader.Read(folder), null);
    }

    /// <summary>A task of a family, under the labels' own names and Attune's own template, no text of which stands twice; null where the family has too few different texts.</summary>
    /// <param name="trainRows">Rows a label to fit on.</param>
    /// <param name="testRows">Rows a label to measure on, at most; a quarter of them is enough.</param>
    /// <param name="scratch">A folder for its files.</param>
    public static NanoSet? Generated(ITaskFamily family, SeededRandom random, int trainRows, int testRows, string scratch)
    {
        var task = family.Draw(random.Fork("task"));
        var texts = Different(task, random.Fork("rows"), trainRows + testRows);
        if (texts.Any(t => t.Count < trainRows + ((testRows + 3) / 4)))
            return null;
        var folder = Directory.CreateDirectory(Path.Combine(scratch, family.Name)).FullName;
        Write("train", t => t.Take(trainRows));
        Write("test", t => t.Skip(trainRows));
        File.WriteAllText(Path.Combine(folder, "task.json"), JsonSerializer.Serialize(new { kind = "classification", labels = task.Labels }));
        return new NanoSet(family.Name, DataReader.Read(folder), family.Name);

        void Write(string split, Func<List<string>, IEnumerable<string>> part) => File.WriteAllLines(Path.Combine(folder, split + ".jsonl"),
            texts.SelectMany((t, label) => part(t).Select(text => JsonSerializer.Serialize(new { text, label = task.Labels[label] }))));
    }

    /// <summary>For each label up to <paramref name="rows"/> texts, none of which stands twice in the task; fewer where 20 draws in a row bring nothing new.</summary>
    private static List<string>[] Different(GeneratedTask task, SeededRandom random, int rows)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var texts = task.Labels.Select(_ => new List<string>()).ToArray();
        foreach (var (label, list) in texts.Index())
        {
            for (var misses = 0; list.Count < rows && misses < 20;)
            {
                var text = task.Row(random, label).Text;
                var isNew = seen.Add(text);
                misses = isNew ? 0 : misses + 1;
                if (isNew)
                    list.Add(text);
            }
        }
        return texts;
    }

    /// <summary>The same with the labels of what may be fitted on exchanged in a ring: each row says the next label.</summary>
    public NanoSet Permuted()
    {
        var labels = Data.Task.Labels;
        var next = labels.Index().ToDictionary(l => l.Item, l => labels[(l.Index + 1) % labels.Count], StringComparer.Ordinal);
        return this with { Data = Data with { Train = [.. Data.Train.Select(e => e with { Label = next[e.Label] })], Hash = Data.Hash + "-permuted" } };
    }
}
