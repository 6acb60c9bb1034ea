namespace Attune.Reproductions.GeneralLearner;

/// <summary>What meta-training has made of a learner (Kirsch et al. 2022, section 4.2).</summary>
internal enum Zone
{
    /// <summary>Chance on seen and unseen tasks, within the budget.</summary>
    Fails,

    /// <summary>Seen tasks are known by heart: the label is said before any example is seen; unseen ones are not learned.</summary>
    Memorises,

    /// <summary>Examples tell which of the seen tasks it is; unseen ones are not learned.</summary>
    Identifies,

    /// <summary>Examples of unseen tasks are learned from.</summary>
    Generalises,
}
