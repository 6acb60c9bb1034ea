using Attune.Models;
using Attune.Tensors.Autograd;

namespace Attune.Training.Pretraining;

/// <summary>
/// The tokens of a part of a step: documents one after another, each a segment, so that none attends to another. What does not fit is cut off at the part's end. Each row has the
/// token that follows it as its target.
/// </summary>
public sealed class PackedPart(int tokens)
{
    private readonly int[] targets = new int[tokens];
    private readonly bool[] isLabel = new bool[tokens];

    public TokenBatch Batch { get; } = new();

    /// <summary>The token behind each row; <see cref="CrossEntropyOperation.Ignore"/> where none is predicted.</summary>
    public ReadOnlySpan<int> Targets => targets.AsSpan(0, Batch.Count);

    /// <summary>Whether the target is of a label.</summary>
    public ReadOnlySpan<bool> IsLabel => isLabel.AsSpan(0, Batch.Count);

    /// <summary>Rows that have room.</summary>
    public int Room => tokens - Batch.Count;

    public int Predicted { get; private set; }

    public int LabelTokens { get; private set; }

    /// <summary>Pairs of tokens of which the later attends to the earlier.</summary>
    public long Pairs { get; private set; }

    public void Clear()
    {
        Batch.Clear();
        (Predicted, LabelTokens, Pairs) = (0, 0, 0);
    }

    /// <summary>Adds the begin of a document, as long as there is room.</summary>
    /// <param name="most">Most rows.</param>
    /// <param name="readsPrompt">The model has an encoder, which reads the first half of each document; that is not predicted.</param>
    public void Add(Document document, int most, bool readsPrompt = false)
    {
        var rows = Math.Min(Math.Min(document.Predicted, most), Room);
        if (rows == 0)
            return;
        var start = Batch.Count;
        var prompt = readsPrompt ? (rows + 1) / 2 : 0;
        Batch.Add(document.Ids.AsSpan(0, rows), prompt: prompt);
        document.Ids.AsSpan(1, rows).CopyTo(targets.AsSpan(start));
        isLabel.AsSpan(start, rows).Clear();
        var unread = Math.Max(0, prompt - 1);
        targets.AsSpan(start, unread).Fill(CrossEntropyOperation.Ignore);
        foreach (var label in document.Labels)
            for (var i = label.Start - 1; i < label.Start - 1 + label.Length && i < rows; i++)
                if (i >= unread)
                {
                    isLabel[start + i] = true;
                    LabelTokens++;
                }
        Predicted += rows - unread;
        Pairs += (long)rows * (rows + 1) / 2;
    }
}
