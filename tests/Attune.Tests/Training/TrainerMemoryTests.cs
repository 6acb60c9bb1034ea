using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Methods.Weights;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tests.Tensors;
using Attune.Training;

namespace Attune.Tests.Training;

/// <summary>What a training step allocates, and what it does where memory is short.</summary>
[Collection(nameof(TrainerMemoryCollection))]
public sealed class TrainerMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Step_AfterWarmUp_AllocatesNothing(int threads)
    {
        var before = ThreadTeam.Threads;
        ThreadTeam.Threads = threads;
        try
        {
            var own = new List<long>();
            var total = new List<long>();
            own.EnsureCapacity(100);
            total.EnsureCapacity(100);
            Train(recompute: false, step =>
            {
                own.Add(GC.GetAllocatedBytesForCurrentThread());
                total.Add(GC.GetTotalAllocatedBytes(precise: true));
            });
            var steps = Enumerable.Range(30, own.Count - 31).ToArray();
            Assert.All(steps, i => Assert.Equal(0, own[i + 1] - own[i]));
            Assert.Equal(0, steps.Min(i => total[i + 1] - total[i]));
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void Run_WithRecomputation_GivesTheSameBits()
    {
        var (plain, again) = (new List<TrainingStep>(), new List<TrainingStep>());
        var expected = Train(recompute: false, plain.Add);
        var actual = Train(recompute: true, again.Add);
        Assert.Equal(plain, again);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Run_WhereTheLimitWouldBePassed_RecomputesAndGivesTheSameBits()
    {
        var (expected, recomputed, peak) = TrainBlocks();
        Assert.False(recomputed);
        EngineMemory.Limit = Held() + peak * 2 / 3;
        try
        {
            var (actual, recomputes, _) = TrainBlocks();
            Assert.True(recomputes);
            Assert.Equal(expected, actual);
        }
        finally
        {
            EngineMemory.Limit = long.MaxValue;
        }
    }

    [Fact]
    public void Run_WhereALossPassesTheLimitOutsideTheStepsMemory_Recomputes()
    {
        float[] Run(bool fails)
        {
            using var weight = TestTensors.Parameter([1, 2, 3], 1, 3);
            var trainer = new Trainer([weight], new TrainerOptions { LearningRate = 0.01, BatchSize = 1, Epochs = 2 });
            trainer.Run(1, (graph, _) => fails && !graph.Recomputes ? throw new MemoryLimitException("", 2, 1) : graph.Mean(graph.Multiply(graph.Use(weight), graph.Use(weight))), new SeededRandom(1), null, null, CancellationToken.None);
            Assert.Equal(fails, trainer.Recomputed);
            return weight.Value.Span.ToArray();
        }

        Assert.Equal(Run(fails: false), Run(fails: true));
    }

    [Fact]
    public void Run_WhereEvenRecomputationPassesTheLimit_Fails()
    {
        EngineMemory.Limit = Held() + (2 << 20);
        try
        {
            Assert.Equal(AttuneErrorKind.Work, Assert.ThrowsAny<AttuneException>(() => TrainBlocks()).Kind);
        }
        finally
        {
            EngineMemory.Limit = long.MaxValue;
        }
    }

    /// <summary>LoRA with dropout on the tiny model; the factors afterwards.</summary>
    private static float[][] Train(bool recompute, Action<TrainingStep> onStep)
    {
        using var model = TinyModels.Language();
        var (task, rows) = TinyModels.Task(16);
        var factors = model.Transformer.Linears.Where(l => l.Role is "q_proj" or "down_proj").Select(l => new LoraFactors(l, 4, 2)).ToArray();
        var random = new SeededRandom(4);
        foreach (var f in factors)
        {
            TestTensors.Normal(random, f.A.Count, 0.1).CopyTo(f.A.Value.Span);
            f.Dropout = (0.2f, random.Fork(f.Module.Name));
        }
        var sites = new SiteSet(model.Transformer, "training");
        foreach (var f in factors)
            sites.Add(f.Module, f);
        var context = new FitContext { Task = task, Examples = rows, Model = model, Seed = 0 };
        var training = new LabelTraining(context, model, sites, rows);
        Parameter[] parameters = [.. factors.SelectMany(f => new[] { f.A, f.B })];
        var trainer = new Trainer(parameters, new TrainerOptions { LearningRate = 0.01, BatchSize = 16, Epochs = 60, Recompute = recompute });
        trainer.Run(training.Count, training.Loss, new SeededRandom(1), onStep, null, CancellationToken.None);
        Assert.Equal(recompute, trainer.Recomputed);
        return [.. parameters.Select(p => p.Value.Span.ToArray())];
    }

    /// <summary>Bytes held, after what earlier tests left to finalisers is gone.</summary>
    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return EngineMemory.CurrentBytes;
    }

    /// <summary>Three steps of 24 blocks of 256 × 256; the weight afterwards, whether blocks were computed again, and the most bytes held.</summary>
    private static (float[] Weight, bool Recomputed, long Peak) TrainBlocks()
    {
        using var weight = TestTensors.Parameter(TestTensors.Normal(new SeededRandom(1), 256 * 256, 0.05), 256, 256);
        var input = TestTensors.Normal(new SeededRandom(2), 256 * 256);
        var dropout = new SeededRandom(3);
        Tensor Block(Graph g, Tensor x, int index) => g.Add(x, g.Dropout(g.Tanh(g.Tanh(g.Tanh(g.Product(x, g.Use(weight))))), 0.1f, dropout));
        Tensor Loss(Graph graph, ReadOnlySpan<int> items)
        {
            var x = TestTensors.Constant(graph, input, 256, 256);
            for (var i = 0; i < 24; i++)
            {
                graph.BeginLayer();
                x = graph.Recomputes ? graph.Recomputed(x, i, Block) : Block(graph, x, i);
            }
            return graph.Mean(graph.Multiply(x, x));
        }

        var held = Held();
        EngineMemory.ResetPeak();
        var trainer = new Trainer([weight], new TrainerOptions { LearningRate = 0.01, BatchSize = 1, Epochs = 3 });
        trainer.Run(1, Loss, new SeededRandom(5), null, null, CancellationToken.None);
        return (weight.Value.Span.ToArray(), trainer.Recomputed, EngineMemory.PeakBytes - held);
    }
}
