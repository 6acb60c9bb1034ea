namespace Attune.Reproductions.GeneralLearner;

/// <summary>How large the tasks and the learners are.</summary>
internal sealed record LearnerSizes
{
    /// <summary>Numbers of an x.</summary>
    public required int Inputs { get; init; }

    public required int Classes { get; init; }

    /// <summary>Examples of a sequence.</summary>
    public required int Length { get; init; }

    public required int Layers { get; init; }

    /// <summary>Sequences of a step.</summary>
    public required int Batch { get; init; }

    public required int Steps { get; init; }

    /// <summary>Sequences of each kind in the test.</summary>
    public required int TestSequences { get; init; }

    public double Rate { get; init; } = 1e-3;

    /// <summary>Deviation of an example from its class's middle, where the middles' own deviation is 1.</summary>
    public double Noise { get; init; } = 0.5;
}
