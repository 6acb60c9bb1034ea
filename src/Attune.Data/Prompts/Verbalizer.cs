using Attune.Tensors;

namespace Attune.Data;

/// <summary>The text that stands for each label after the input: what was given, else a space and the label itself.</summary>
public sealed record Verbalizer
{
    /// <summary>Label → words, for labels that differ from the default.</summary>
    public IReadOnlyDictionary<string, string> Words { get; init; } = new Dictionary<string, string>();

    public string this[string label] => Words.TryGetValue(label, out var words) ? words : " " + label;

    /// <summary>The same with these words in place of what their labels had.</summary>
    internal Verbalizer With(IReadOnlyDictionary<string, string> words)
    {
        var all = new OrderedDictionary<string, string>(Words, StringComparer.Ordinal);
        foreach (var (label, text) in words)
            all[label] = text;
        return new Verbalizer { Words = all };
    }

    /// <summary>Checks that every label has words of its own and that no words are for a label which does not exist.</summary>
    /// <exception cref="AttuneException">Words are empty, the same for two labels, or for an unknown label.</exception>
    public void Check(IReadOnlyList<string> labels)
    {
        foreach (var label in Words.Keys)
        {
            if (!labels.Contains(label))
                throw new AttuneException($"The template has words for '{label}', which is no label; the labels are {TextList.Quote(labels)}.");
        }

        var owner = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            // Without the space in front, since chat turns are written without it.
            var words = this[label].TrimStart();
            if (words.Length == 0)
                throw new AttuneException($"The words of label '{label}' are empty; give the text that the model shall write for it.");
            if (!owner.TryAdd(words, label))
                throw new AttuneException($"The labels '{owner[words]}' and '{label}' have the same words '{words}'; give each its own.");
        }
    }
}
