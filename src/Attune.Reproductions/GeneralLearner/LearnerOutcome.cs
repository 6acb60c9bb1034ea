namespace Attune.Reproductions.GeneralLearner;

/// <summary>A meta-trained learner's scores.</summary>
/// <param name="Seen">On tasks of meta-training, with new examples.</param>
/// <param name="Unseen">On new projections and names of the same base data, with new examples.</param>
/// <param name="Foreign">On new projections and names of other base data.</param>
/// <param name="Untransformed">On the base data as they are, under new names.</param>
/// <param name="ByNames">Last accuracy on unseen tasks under one permutation of names each, the same for all sequences; every name stands once for every class.</param>
/// <param name="FinalLoss">Mean loss of the last tenth of the steps.</param>
internal sealed record LearnerOutcome(PositionScores Seen, PositionScores Unseen, PositionScores Foreign, PositionScores Untransformed, double[] ByNames, double FinalLoss, int StateSize, int Parameters)
{
    /// <summary>What a zone's share must exceed chance, or its first position, by. Fixed before the runs.</summary>
    public const double Margin = 0.1;

    /// <summary>The mean over seeds.</summary>
    public static LearnerOutcome Mean(IReadOnlyList<LearnerOutcome> outcomes) => outcomes[0] with
    {
        Seen = PositionScores.Mean([.. outcomes.Select(o => o.Seen)]),
        Unseen = PositionScores.Mean([.. outcomes.Select(o => o.Unseen)]),
        Foreign = PositionScores.Mean([.. outcomes.Select(o => o.Foreign)]),
        Untransformed = PositionScores.Mean([.. outcomes.Select(o => o.Untransformed)]),
        FinalLoss = outcomes.Average(o => o.FinalLoss),
    };

    /// <param name="chance">1 over the number of classes.</param>
    public Zone ZoneAt(double chance) =>
        Unseen.Gain >= Margin ? Zone.Generalises
        : Seen.First >= chance + Margin ? Zone.Memorises
        : Seen.Gain >= Margin ? Zone.Identifies
        : Zone.Fails;
}
