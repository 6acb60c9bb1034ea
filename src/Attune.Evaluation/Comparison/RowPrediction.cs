namespace Attune.Evaluation.Comparison;

/// <summary>One line of a predictions' file.</summary>
/// <param name="Id">The row's identity: "test:17".</param>
/// <param name="Gold">The right label.</param>
/// <param name="Label">The predicted one; null if dropped.</param>
/// <param name="Labels">What the probabilities belong to; null where they are the task's labels.</param>
/// <param name="Text">The input's text; null under --no-examples.</param>
/// <param name="Prompt">The exact prompt, on the first rows of a cell; null elsewhere and under --no-examples.</param>
public sealed record RowPrediction(string Id, string Gold, string? Label, double[] Probabilities, IReadOnlyList<string>? Labels, int PromptTokens, string Overflow, string? Text, string? Prompt)
{
    /// <summary>The prompt's tokens as a person reads them, on the first row of a cell.</summary>
    public IReadOnlyList<string>? Tokens { get; init; }
}
