using Attune.Data;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Reproductions.Texts;

/// <summary>A classification task as a language model reads it: input, label words, a separator, the next.</summary>
internal sealed class PromptTask
{
    private readonly IReadOnlyList<PromptRow> train, test;

    /// <param name="labels">Tokens of each label's words; their first ones differ.</param>
    /// <param name="separator">Stands between demonstrations.</param>
    /// <param name="beginning">Stands before the first; often empty.</param>
    public PromptTask(string name, IReadOnlyList<PromptRow> train, IReadOnlyList<PromptRow> test, int[][] labels, int[] separator, int[] beginning)
    {
        (Name, this.train, this.test, Labels, Separator, Beginning) = (name, train, test, labels, separator, beginning);
        if (labels.Select(l => l[0]).Distinct().Count() != labels.Length)
            throw new AttuneException($"two labels of {name} begin with the same token; give them other words");
    }

    public string Name { get; }

    public int[][] Labels { get; }

    public int[] Separator { get; }

    public int[] Beginning { get; }

    /// <summary>Reads a data set with its own template; each field is cut to its first characters.</summary>
    /// <param name="against">The label that stands against all others, which are then one label "other"; null: labels as they are.</param>
    public static PromptTask Read(string path, LanguageModel model, int characters, string? against = null)
    {
        var data = DataReader.Read(path);
        var template = data.Task.Template with { UseInstruction = false };
        var words = against is null ? data.Task.Labels.Select(template.RenderLabel) : [" other", template.RenderLabel(against)];
        int[] Tokens(string text) => model.Tokenizer.Encode(text, addSpecial: false, parseSpecial: false);
        PromptRow Row(Example e)
        {
            var input = Cut(e.Input, characters);
            return new PromptRow(input.Text, Tokens(template.RenderInput(input)), against is null ? data.Task.Labels.ToList().IndexOf(e.Label) : e.Label == against ? 1 : 0);
        }
        // Rows are drawn from a part of the training rows, so that not all of them need be tokenised.
        return new PromptTask(data.Task.Name, Lazy(data.Train, Row), Lazy(data.Test ?? data.Dev, Row), [.. words.Select(Tokens)], Tokens(template.DemonstrationSeparator), [.. model.Beginning]);
    }

    /// <summary>Training rows of which the first n are balanced for each of the sizes, in random order within each part.</summary>
    public IReadOnlyList<PromptRow> Train(IReadOnlyList<int> sizes, SeededRandom random) => Balanced(train, Labels.Length, sizes, random);

    /// <summary>Balanced test rows.</summary>
    public IReadOnlyList<PromptRow> Test(int count, SeededRandom random) => Balanced(test, Labels.Length, [count], random);

    /// <summary>The tokens of a demonstration: input, label words, separator.</summary>
    public int[] Demonstration(PromptRow row) => [.. row.Input, .. Labels[row.Label], .. Separator];

    internal static IReadOnlyList<PromptRow> Balanced(IReadOnlyList<PromptRow> rows, int labels, IReadOnlyList<int> sizes, SeededRandom random)
    {
        var order = Enumerable.Range(0, rows.Count).ToArray();
        random.Shuffle<int>(order);
        var taken = new List<PromptRow>();
        var (counts, used) = (new int[labels], new bool[order.Length]);
        foreach (var size in sizes)
        {
            var part = new List<PromptRow>();
            for (var i = 0; i < order.Length && taken.Count + part.Count < size; i++)
            {
                if (used[i])
                    continue;
                var row = rows[order[i]];
                // Labels of lower number get what does not divide.
                if (counts[row.Label] >= size / labels + (row.Label < size % labels ? 1 : 0))
                    continue;
                (used[i], counts[row.Label]) = (true, counts[row.Label] + 1);
                part.Add(row);
            }
            if (taken.Count + part.Count < size)
                throw new AttuneException(FormattableString.Invariant($"{size} balanced rows are wanted of {rows.Count} rows with {labels} labels, which have too few"));
            var shuffled = part.ToArray();
            random.Shuffle<PromptRow>(shuffled);
            taken.AddRange(shuffled);
        }
        return taken;
    }

    private static Input Cut(Input input, int characters)
    {
        var fields = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in input.Fields)
            fields[name] = value.Length > characters ? value[..characters] : value;
        return new Input(fields);
    }

    private static IReadOnlyList<PromptRow> Lazy(IReadOnlyList<Example> rows, Func<Example, PromptRow> make) => [.. rows.Take(MostRows).Select(make)];

    /// <summary>Rows of a file that are read; they stand in no order there.</summary>
    private const int MostRows = 2000;
}
