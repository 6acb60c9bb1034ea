using System.Text.Json.Nodes;
using Attune.Tensors.Optimizers;

namespace Attune.Training.Pretraining;

/// <summary>What moves the weights.</summary>
public sealed record OptimizerPlan
{
    /// <summary>Muon for the maps of the blocks (matched to AdamW's rate, Liu et al. 2025), AdamW for the rest; otherwise AdamW for all.</summary>
    public bool Muon { get; init; }

    /// <summary>Peak learning rate.</summary>
    public double Rate { get; init; } = 1e-3;

    /// <summary>Factor on the rate for what Muon moves.</summary>
    public double MatrixRate { get; init; } = 1;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Muon's momentum.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>λ of matrices and tables; norms and biases have none.</summary>
    public double WeightDecay { get; init; } = 0.1;

    internal Optimizer CreateMain() => new AdamW(new AdamOptions { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay });

    internal Optimizer CreateMuon() => new Muon(new MuonOptions { Momentum = Momentum, WeightDecay = WeightDecay, MatchesAdamW = true });

    internal JsonObject ToJson() => new()
    {
        ["kind"] = Muon ? "muon" : "adamw", ["rate"] = Rate, ["matrix_rate"] = MatrixRate, ["beta1"] = Beta1, ["beta2"] = Beta2, ["epsilon"] = Epsilon,
        ["momentum"] = Momentum, ["weight_decay"] = WeightDecay,
    };
}
