namespace Attune.Training.Pretraining;

/// <summary>The tokens of a step in its parts, and what the mixture remembers behind them.</summary>
public sealed class PackedStep(int parts, int tokensOfPart)
{
    public IReadOnlyList<PackedPart> Parts { get; } = [.. Enumerable.Range(0, parts).Select(_ => new PackedPart(tokensOfPart))];

    public MixtureState? After { get; private set; }

    /// <summary>Rows, all parts together.</summary>
    public int Tokens => Parts.Sum(p => p.Batch.Count);

    public int Predicted => Parts.Sum(p => p.Predicted);

    public int LabelTokens => Parts.Sum(p => p.LabelTokens);

    public long Pairs => Parts.Sum(p => p.Pairs);

    /// <summary>Fills all parts from where the mixture stands.</summary>
    /// <param name="done">Share of the steps that are behind.</param>
    public void Fill(Mixture mixture, double done, int context, bool readsPrompt)
    {
        foreach (var part in Parts)
        {
            part.Clear();
            while (part.Room > 0)
                part.Add(mixture.Next(done, Math.Min(context, part.Room)), context, readsPrompt);
        }
        After = mixture.State.Copy();
    }
}
