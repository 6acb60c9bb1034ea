using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;

namespace Attune.Training;

/// <summary>How gradients become steps.</summary>
public sealed record StepOptions
{
    /// <summary>Makes the optimizer of all parameters that <see cref="MatrixOptimizer"/> does not take.</summary>
    public Func<Optimizer> Optimizer { get; init; } = () => new AdamW(new AdamOptions());

    /// <summary>Makes a second optimizer for the parameters that <see cref="IsMatrix"/> names (Muon for the maps of blocks); null: one serves all.</summary>
    public Func<Optimizer>? MatrixOptimizer { get; init; }

    public Func<Parameter, bool> IsMatrix { get; init; } = p => p.Rows > 1 && p.Columns > 1;

    /// <summary>Factor on the rate for what <see cref="MatrixOptimizer"/> moves.</summary>
    public double MatrixRate { get; init; } = 1;

    /// <summary>Which parameters weight decay acts on; by default matrices, as is usual.</summary>
    public Func<Parameter, bool> Decays { get; init; } = p => p.Rows > 1;

    /// <summary>Largest norm of all gradients together; null: no clipping.</summary>
    public double? ClipNorm { get; init; } = 1;

    /// <inheritdoc cref="TrainerOptions.BrainProducts"/>
    public bool BrainProducts { get; init; }

    /// <inheritdoc cref="TrainerOptions.Recompute"/>
    public bool Recompute { get; init; }

    /// <inheritdoc cref="TrainerOptions.OnGradients"/>
    public Action? OnGradients { get; init; }
}
