using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Tensors.Optimizers;

namespace Attune.Training.Pretraining;

/// <summary>All that changes while a model is trained: what a checkpoint holds.</summary>
internal sealed class TrainingState : IDisposable
{
    public TrainingState(PretrainingPlan plan, IReadOnlyList<MixturePart> sources)
    {
        Trained = StartWeights.Of(plan);
        Model = (CausalLanguageModel)Trained.Model;
        var maps = Model.Linears.Where(l => l.Layer >= 0 && l.Outputs > 1 && l.Inputs > 1).Select(l => l.Name + ".weight").ToHashSet(StringComparer.Ordinal);
        Trainer = new StepTrainer(Trained.Parameters, new StepOptions
        {
            Optimizer = plan.Optimizer.CreateMain, MatrixOptimizer = plan.Optimizer.Muon ? plan.Optimizer.CreateMuon : null, IsMatrix = p => maps.Contains(p.Name),
            MatrixRate = plan.Optimizer.MatrixRate, ClipNorm = plan.Clip, BrainProducts = plan.BFloat16, Recompute = plan.Recompute,
        });
        Average = plan.Average is { } decay ? new WeightAverage(Trained.Parameters, decay) : null;
        Mixture = new Mixture(sources);
        Curves = new TrainingCurves(plan.Steps);
    }

    public TrainableModel Trained { get; }

    public CausalLanguageModel Model { get; }

    public StepTrainer Trainer { get; }

    public WeightAverage? Average { get; }

    public Mixture Mixture { get; }

    public DivergenceWatch Watch { get; } = new();

    public TrainingCurves Curves { get; }

    /// <summary>Time of all steps and evaluations so far.</summary>
    public double Seconds { get; set; }

    /// <summary>The name of a parameter that holds NaN or infinity; null: all numbers are finite.</summary>
    public string? NotFinite => Trained.Parameters.FirstOrDefault(p => p.Value.Span.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) >= 0)?.Name;

    /// <summary>The parameter whose gradient is longest.</summary>
    public string LongestGradient() => Trained.Parameters.MaxBy(p => GradientClipping.Norm([p.Gradient]))!.Name;

    /// <summary>Does something with the average in the place of the weights, where there is one.</summary>
    public void WithAverage(Action work)
    {
        Average?.Swap();
        try
        {
            work();
        }
        finally
        {
            Average?.Swap();
        }
    }

    /// <summary>Hands what a checkpoint of a step takes to <paramref name="write"/>.</summary>
    /// <param name="drawn">What the mixture remembers behind the step.</param>
    /// <param name="identity">The plan.</param>
    public void Save(int step, long tokens, MixtureState drawn, JsonObject identity, Action<IEnumerable<TensorToWrite>, JsonObject> write)
    {
        var optimizers = Trainer.Save();
        write(TrainingSnapshot.Tensors(Trained.Parameters, optimizers, Average), new JsonObject
        {
            ["step"] = step, ["tokens"] = tokens, ["seconds"] = Seconds, ["plan"] = identity.DeepClone(), ["mixture"] = JsonSerializer.SerializeToNode(drawn),
            ["optimizers"] = TrainingSnapshot.Steps(optimizers), ["norms"] = Watch.ToJson(), ["curves"] = Curves.ToJson(),
        });
    }

    /// <summary>Takes over what <see cref="Save"/> gave.</summary>
    public void Load(Checkpoint checkpoint)
    {
        var state = checkpoint.State;
        TrainingSnapshot.Load(checkpoint.Tensors, Trained.Parameters, Average);
        Trainer.Load(TrainingSnapshot.Optimizers(checkpoint.Tensors, state["optimizers"]!.AsObject()));
        Mixture.Resume(state["mixture"].Deserialize<MixtureState>()!);
        Watch.Resume(state["norms"]!.AsArray());
        Curves.Resume(state["curves"]!.AsObject());
        Seconds = (double)state["seconds"]!;
    }

    public void Dispose()
    {
        Trainer.Dispose();
        Average?.Dispose();
        Trained.Dispose();
    }
}
