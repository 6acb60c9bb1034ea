using System.Globalization;
using System.Text;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Rows of a task file as episodes: some rows in a random order, each as the task's template writes it, with its label. A test file of the task is never read from; rows are held out by the hash
/// of their text. To measure, these stand in one random circle, and episode n begins with the n-th of them: behind every number of shots each row is asked for once at most, so that results by
/// shots are counts of different rows.
/// </summary>
public sealed class TaskSource : IDocumentSource
{
    private readonly Dataset data;
    private readonly IReadOnlyList<Example> training;
    private readonly IReadOnlyList<Example> heldOut;
    private readonly IReadOnlyList<string> words;
    private readonly SeededRandom random;
    private readonly (int Least, int Most) rows;
    private DocumentEncoder? encoder;

    /// <param name="rows">Labelled rows of an episode: a number between these is drawn.</param>
    /// <exception cref="AttuneException">The file cannot be used, or has other labels than classification and multiple choice.</exception>
    public TaskSource(string name, string path, (int Least, int Most) rows, double heldOutShare, SeededRandom random)
    {
        (Name, this.random, this.rows) = (name, random, rows);
        data = DataReader.Read(path);
        data.Task.RequireComparable();
        training = [.. data.Train.Where(e => !TextSource.IsHeldOut(e.Input.Text, heldOutShare))];
        heldOut = [.. data.Train.Where(e => TextSource.IsHeldOut(e.Input.Text, heldOutShare))];
        if (training.Count < rows.Least)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"the source '{name}' has {training.Count} rows of '{path}' and an episode takes {rows.Least} at least; ask for fewer rows"));
        var circle = heldOut.ToArray();
        random.Fork("held-out").Shuffle<Example>(circle);
        heldOut = circle;
        if (heldOut.Count < rows.Least && heldOutShare > 0)
            Remark = string.Create(CultureInfo.InvariantCulture, $"the source '{name}' has nothing to measure by: {heldOut.Count} of its {data.Train.Count} rows are held out, and an episode takes {rows.Least} at least; raise held_out, or lower rows");
        words = [.. data.Task.Labels.Select(l => data.Task.Template.Verbalizer[l])];
        Identity = string.Create(CultureInfo.InvariantCulture, $"task {data.Hash[..16]} {rows.Least}-{rows.Most} {heldOutShare}");
    }

    public string Name { get; }

    public string Identity { get; }

    public long? Tokens => null;

    public string? Remark { get; }

    public IReadOnlyList<HeldOutSet> HeldOut => heldOut.Count < rows.Least ? []
        : [new HeldOutSet(Name, number => number < heldOut.Count ? Encoded([.. Enumerable.Range(number, Math.Min(heldOut.Count, rows.Most)).Select(i => heldOut[i % heldOut.Count])]) : null)];

    public IEnumerable<string> Samples() => training.Select(e => data.Task.Template.RenderDemonstration(e));

    public void Prepare(DocumentEncoder encoder, CancellationToken cancel) => this.encoder = encoder;

    public Document Read(long number) => Episode(training, random.Fork(FormattableString.Invariant($"episode {number}")));

    private Document Episode(IReadOnlyList<Example> from, SeededRandom own)
    {
        var count = Math.Min(from.Count, rows.Least + own.Next(rows.Most - rows.Least + 1));
        var (examples, taken) = (new List<Example>(count), new HashSet<int>());
        while (examples.Count < count)
        {
            var index = own.Next(from.Count);
            if (taken.Add(index))
                examples.Add(from[index]);
        }
        return Encoded(examples);
    }

    private Document Encoded(IReadOnlyList<Example> examples)
    {
        var (text, labels) = (new StringBuilder(data.Task.Template.RenderPrefix([])), new List<TextLabel>(examples.Count));
        foreach (var example in examples)
        {
            if (labels.Count > 0)
                text.Append(data.Task.Template.DemonstrationSeparator);
            text.Append(data.Task.Template.RenderInput(example.Input));
            var label = data.Task.Template.Verbalizer[example.Label];
            var start = text.Length + label.Length - label.TrimStart().Length;
            text.Append(label);
            var candidates = example.Input.Choices is { } choices ? [.. choices.Select(c => data.Task.Template.Verbalizer[c])] : words;
            labels.Add(new TextLabel(start, text.Length, labels.Count, candidates, IndexOf(candidates, label)));
        }
        return encoder!.Encode(new LabelledText(text.ToString(), labels));
    }

    private static int IndexOf(IReadOnlyList<string> words, string word)
    {
        for (var i = 0; i < words.Count; i++)
            if (string.Equals(words[i], word, StringComparison.Ordinal))
                return i;
        return -1;
    }
}
