namespace Attune.Evaluation.Comparison;

/// <summary>What methods are compared by.</summary>
public enum Objective
{
    /// <summary>Share of rows decided rightly.</summary>
    Accuracy,

    /// <summary>F1 of each label, averaged over labels alike.</summary>
    MacroF1,

    /// <summary>Mean negative natural log-probability of the right label; lower is better.</summary>
    Nll,
}
