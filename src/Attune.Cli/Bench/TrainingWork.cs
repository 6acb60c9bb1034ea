using System.Diagnostics;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.MachineCode;
using Attune.Training;

namespace Attune.Cli.Bench;

/// <summary>Training steps of the product's own loop: forward, loss, backward, clipping, AdamW. A run is a step; the first one, which takes memory, is not reported.</summary>
/// <param name="everyToken">Loss on each token's successor rather than on one label behind each sequence.</param>
/// <param name="passes">Forward and backward passes through a weight: 2 where it is frozen, 3 where it is trained.</param>
internal abstract class TrainingWork(LanguageModel model, BenchSizes sizes, ulong seed, bool everyToken, int passes) : BenchWork
{
    private readonly int[] tokens = BenchTokens.Draw(seed, "training", sizes.TrainRows * (sizes.TrainTokens + 1), model.Transformer.Vocabulary);
    private readonly TokenBatch batch = new();

    public override double Units => (double)sizes.TrainRows * sizes.TrainTokens;

    public override WorkAmount Amount
    {
        get
        {
            var blocks = WorkAmount.Blocks(model.Transformer, Precision.Exact, Units);
            // The head is frozen in every work.
            var head = WorkAmount.Head(model.Transformer, Precision.Exact, everyToken ? Units : sizes.TrainRows);
            var numbers = InBrain ? NumberKind.BFloat16 : NumberKind.Float32;
            return WorkAmount.In(numbers, blocks.Float32 * passes + head.Float32 * 2) with { Bytes = blocks.Bytes * passes + head.Bytes * 2 };
        }
    }

    public override string Counted => FormattableString.Invariant($"{2 * passes} operations a weight of the blocks and token{(InBrain ? ", in bfloat16" : "")}; 4 for the head{(everyToken ? "" : ", which one token a row passes")}");

    protected LanguageModel Model => model;

    /// <summary>Under "fast", products in bfloat16 where the machine has them.</summary>
    private bool InBrain => model.Precision == Precision.Fast && MachineTier.HasBrainProducts;

    protected string Step => FormattableString.Invariant($"step {sizes.TrainRows}×{sizes.TrainTokens}, loss on {(everyToken ? "every token" : "labels")}");

    public override void Run(Func<double, bool> report, CancellationToken cancel)
    {
        var (sites, parameters) = Start(new SeededRandom(seed).Fork("bench weights"));
        try
        {
            var trainer = new Trainer(parameters, new TrainerOptions { LearningRate = 1e-5, BatchSize = sizes.TrainRows, Epochs = int.MaxValue / sizes.TrainRows, WarmupShare = 0, Decay = false, FixedOrder = true, BrainProducts = InBrain });
            var (first, goOn) = (true, true);
            var started = 0L;
            trainer.Run(sizes.TrainRows, (graph, items) => Loss(graph, items, sites), new SeededRandom(seed), _ =>
            {
                goOn = first || report(Stopwatch.GetElapsedTime(started).TotalSeconds);
                first = false;
                started = Stopwatch.GetTimestamp();
            }, _ => goOn, cancel);
        }
        finally
        {
            foreach (var p in parameters)
                p.Dispose();
        }
    }

    /// <summary>What is trained, on the model's sites.</summary>
    protected abstract (SiteSet Sites, IReadOnlyList<Parameter> Parameters) Start(SeededRandom random);

    private Tensor Loss(Graph graph, ReadOnlySpan<int> items, SiteSet sites)
    {
        batch.Clear();
        var (length, positions, targets) = (sizes.TrainTokens, new List<int>(), new List<int>());
        foreach (var item in items)
        {
            var row = tokens.AsSpan(item * (length + 1), length + 1);
            for (var p = everyToken ? 0 : length - 1; p < length; p++)
            {
                positions.Add(batch.Count + p);
                targets.Add(row[p + 1]);
            }
            batch.Add(row[..length]);
        }
        var hidden = everyToken
            ? model.Transformer.Forward(graph, batch, sites)
            : model.Transformer.ForwardRows(graph, batch, sites, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(positions));
        return model.Transformer.Loss(graph, hidden, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(targets), batch, sites);
    }
}
