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

    /// <summary>A task of a family, under the labels' own names and Attune's own template.</summary>
    /// <param name="scratch">A folder for its files.</param>
    public static NanoSet Generated(ITaskFamily family, SeededRandom random, int trainRows, int testRows, string scratch)
    {
        var task = family.Draw(random.Fork("task"));
        var folder = Directory.CreateDirectory(Path.Combine(scratch, family.Name)).FullName;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Write("train", trainRows);
        Write("test", testRows);
        var json = JsonSerializer.Serialize(new { kind = "classification", labels = task.Labels });
        File.WriteAllText(Path.Combine(folder, "task.json"), json);
        return new NanoSet(family.Name, DataReader.Read(folder), family.Name);

        // A row that was there before is drawn again, as far as the family has others.
        void Write(string split, int rows)
        {
            var stream = random.Fork(split);
            using var writer = new StreamWriter(Path.Combine(folder, split + ".jsonl"));
            for (var i = 0; i < rows * task.Labels.Count; i++)
            {
                var (text, label) = task.Row(stream, i % task.Labels.Count);
                for (var again = 0; again < 20 && !seen.Add(text); again++)
                    (text, label) = task.Row(stream, i % task.Labels.Count);
                writer.WriteLine(JsonSerializer.Serialize(new { text, label }));
            }
        }
    }

    /// <summary>The same with the labels of what may be fitted on exchanged in a ring: each row says the next label.</summary>
    public NanoSet Permuted()
    {
        var labels = Data.Task.Labels;
        var next = labels.Index().ToDictionary(l => l.Item, l => labels[(l.Index + 1) % labels.Count], StringComparer.Ordinal);
        return this with { Data = Data with { Train = [.. Data.Train.Select(e => e with { Label = next[e.Label] })], Hash = Data.Hash + "-permuted" } };
    }
}
