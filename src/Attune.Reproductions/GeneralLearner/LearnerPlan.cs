using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>One learner of a sweep.</summary>
/// <param name="Tasks">K.</param>
/// <param name="Width">Width of a transformer, or units of an LSTM.</param>
/// <param name="Window">Positions that a transformer's layers see; 0: an LSTM.</param>
internal readonly record struct LearnerPlan(long Tasks, int Width, int Window)
{
    public bool IsLstm => Window == 0;

    public IExampleLearner Create(LearnerSizes sizes, SeededRandom random) => IsLstm
        ? new LstmLearner(Width, sizes.Inputs + sizes.Classes, sizes.Classes, random)
        : new AttentionLearner(sizes, Width, Window, random);

    /// <summary>For tables.</summary>
    public string Name(LearnerSizes sizes) => IsLstm ? FormattableString.Invariant($"LSTM, {Width} units")
        : FormattableString.Invariant($"transformer, width {Width}") + (Window < sizes.Length ? FormattableString.Invariant($", sees {Window}") : "");
}
