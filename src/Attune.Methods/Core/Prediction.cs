namespace Attune.Methods;

/// <summary>What was predicted for one row.</summary>
/// <param name="Label">The most probable label (the first on a tie); null if the row was dropped.</param>
/// <param name="Labels">The labels that the probabilities belong to: the task's, or the row's choices.</param>
/// <param name="Probabilities">One for each label, adding to 1.</param>
/// <param name="PromptTokens">Tokens of the prompt as the model saw it; 0 where there is none.</param>
public sealed record Prediction(string? Label, IReadOnlyList<string> Labels, double[] Probabilities, int PromptTokens)
{
    /// <summary>The exact prompt, where it was asked for.</summary>
    public string? Prompt { get; init; }

    /// <summary>The prompt's tokens as a person reads them, where asked for.</summary>
    public IReadOnlyList<string>? Tokens { get; init; }

    /// <summary>What the overflow policy did to this row: "", "dropped", "dropped 3 shots", "truncated 17 tokens".</summary>
    public string Overflow { get; init; } = "";

    public static Prediction Of(IReadOnlyList<string> labels, double[] probabilities, int promptTokens)
    {
        var best = 0;
        for (var i = 1; i < probabilities.Length; i++)
            if (probabilities[i] > probabilities[best])
                best = i;
        return new Prediction(labels[best], labels, probabilities, promptTokens);
    }

    public static Prediction Dropped(IReadOnlyList<string> labels) =>
        new(null, labels, new double[labels.Count], 0) { Overflow = "dropped" };
}
