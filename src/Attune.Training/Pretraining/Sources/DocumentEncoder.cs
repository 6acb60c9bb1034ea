using Attune.Models.Tokenizers;

namespace Attune.Training.Pretraining;

/// <summary>Texts to tokens: the tokenizer, the token that ends a text, and the longest sequence.</summary>
/// <param name="EndId">Stands behind every whole text; null: nothing does.</param>
/// <param name="Context">Most tokens that are read at once.</param>
public sealed record DocumentEncoder(ITokenizer Tokenizer, int? EndId, int Context)
{
    /// <summary>The tokens of a whole text with its end. Nothing that is written in it counts as a special token.</summary>
    public int[] Encode(string text)
    {
        var ids = Tokenizer.Encode(text, addSpecial: false, parseSpecial: false);
        return EndId is { } end ? [.. ids, end] : ids;
    }

    /// <summary>The tokens of an episode, with those that its labels are.</summary>
    public Document Encode(LabelledText text)
    {
        var encoded = Tokenizer.EncodeWithOffsets(text.Text, addSpecial: false, parseSpecial: false);
        var labels = new List<LabelSpan>(text.Labels.Count);
        var candidates = new Dictionary<IReadOnlyList<string>, int[][]>(ReferenceEqualityComparer.Instance);
        var token = 0;
        foreach (var label in text.Labels)
        {
            while (token < encoded.Ids.Length && encoded.Offsets[token].End <= label.Start)
                token++;
            var first = token;
            while (token < encoded.Ids.Length && encoded.Offsets[token].Start < label.End)
                token++;
            if (!candidates.TryGetValue(label.Candidates, out var words))
                candidates[label.Candidates] = words = [.. label.Candidates.Select(c => Tokenizer.Encode(c, addSpecial: false, parseSpecial: false))];
            if (token > first && first > 0)
                labels.Add(new LabelSpan(first, token - first, label.Shot, words, label.Right));
        }
        return new Document(EndId is { } end ? [.. encoded.Ids, end] : encoded.Ids, labels);
    }
}
