namespace Attune.Evaluation.Metrics;

/// <summary>What stands for an n-gram precision of 0 (Chen and Cherry 2014), with sacreBLEU's defaults.</summary>
public enum BleuSmoothing
{
    /// <summary>"exp": ½, ¼, … of a match for each precision of 0 in turn. The default.</summary>
    Exponential,

    /// <summary>"floor": 0.1 of a match.</summary>
    Floor,

    /// <summary>"add-k": 1 is added to matches and totals of n > 1.</summary>
    AddOne,

    /// <summary>"none": a precision of 0 makes the score 0.</summary>
    None,
}
