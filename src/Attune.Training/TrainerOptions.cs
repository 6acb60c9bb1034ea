using Attune.Tensors;

namespace Attune.Training;

/// <summary>How a training run goes.</summary>
public sealed record TrainerOptions
{
    /// <summary>Peak learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Items in a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Times that every item is seen.</summary>
    public required int Epochs { get; init; }

    /// <summary>Most steps, whatever the epochs; null: no limit.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Share of the steps over which the rate rises from 0.</summary>
    public double WarmupShare { get; init; } = 0.1;

    /// <summary>After the warm-up the rate falls to 0 in a line; otherwise it stays.</summary>
    public bool Decay { get; init; } = true;

    /// <summary>Largest norm of all gradients together; null: no clipping.</summary>
    public double? ClipNorm { get; init; } = 1;

    public double WeightDecay { get; init; }

    /// <summary>Products round their factors to bfloat16 and sum in float32: faster, and a little noise in the gradients; for processors that have them.</summary>
    public bool BrainProducts { get; init; }

    /// <summary>
    /// Blocks are computed again in the backward pass instead of kept: the same bits in a fraction of the memory, for about a third more
    /// time. Without it training begins to do so by itself where <see cref="EngineMemory.Limit"/> would be passed; <see cref="Trainer.Recomputed"/> tells.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Called when a step's gradients are complete, before they are clipped; it may change them in place.</summary>
    public Action? OnGradients { get; init; }

    /// <summary>Items in the order given rather than shuffled each epoch.</summary>
    public bool FixedOrder { get; init; }
}
