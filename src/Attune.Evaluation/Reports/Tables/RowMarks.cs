namespace Attune.Evaluation.Reports;

/// <summary>What is said of a row of the table.</summary>
[Flags]
public enum RowMarks
{
    None = 0,

    /// <summary>The best row.</summary>
    Winner = 1,

    /// <summary>Its difference to the winner may be chance.</summary>
    NotDistinguishable = 2,

    /// <summary>The cheapest per query of the winner and those not distinguishable from it.</summary>
    Cheapest = 4,

    /// <summary>What the others are compared with.</summary>
    Baseline = 8,
}
