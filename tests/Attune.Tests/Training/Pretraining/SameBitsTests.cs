using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class SameBitsTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Fact]
    public void Run_OnOtherThreads_GivesTheSameBits()
    {
        var threads = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var one = TinyPretraining.Weights(Pretrainer.Run(tiny.Request("one"), new PretrainingRecorder(), default));
            ThreadTeam.Threads = 3;
            Assert.Equal(one, TinyPretraining.Weights(Pretrainer.Run(tiny.Request("three"), new PretrainingRecorder(), default)));
        }
        finally
        {
            ThreadTeam.Threads = threads;
        }
    }

    [Fact]
    public void Run_WithBlocksComputedAgain_GivesTheSameBits()
    {
        var kept = TinyPretraining.Weights(Pretrainer.Run(tiny.Request("kept"), new PretrainingRecorder(), default));
        Assert.Equal(kept, TinyPretraining.Weights(Pretrainer.Run(tiny.Request("again", TinyPretraining.Plan with { Recompute = true }), new PretrainingRecorder(), default)));
    }

    [Fact]
    public void Run_InOnePart_ComesToTheSameLossAsInSeveral()
    {
        // Documents are cut at the parts' ends, so whole parts of one document each are compared.
        var plan = TinyPretraining.Plan with { TokensPerStep = 48, Context = 24, Steps = 2, Parts = 2 };
        var (two, one) = (new PretrainingRecorder(), new PretrainingRecorder());
        Pretrainer.Run(Long("two", plan), two, default);
        Pretrainer.Run(Long("one", plan with { Parts = 1 }), one, default);
        Assert.Equal(two.Steps.Select(s => s.Loss), one.Steps.Select(s => s.Loss), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(two.Steps.Select(s => s.Norm), one.Steps.Select(s => s.Norm), (a, b) => Math.Abs(a - b) < 1e-4 * a);
    }

    [Fact]
    public void Run_WithAnotherSeed_GivesOtherWeights() => Assert.NotEqual(
        TinyPretraining.Weights(Pretrainer.Run(tiny.Request("a"), new PretrainingRecorder(), default)),
        TinyPretraining.Weights(Pretrainer.Run(tiny.Request("b", TinyPretraining.Plan with { Seed = 4 }), new PretrainingRecorder(), default)));

    public void Dispose() => tiny.Dispose();

    /// <summary>On windows that are all full.</summary>
    private PretrainingRequest Long(string folder, PretrainingPlan plan) => tiny.Request(folder, plan) with { Sources = [new MixturePart(new EndlessSource(), 1)], Tokenizer = new TokenizerPlan { Vocabulary = 258 } };

    private sealed class EndlessSource : IDocumentSource
    {
        public string Name => "endless";

        public string Identity => "endless";

        public long? Tokens => null;

        public IReadOnlyList<HeldOutSet> HeldOut => [];

        public IEnumerable<string> Samples() => ["aa aa aa"];

        public void Prepare(DocumentEncoder encoder, CancellationToken cancel)
        {
        }

        public Document Read(long number)
        {
            var random = new SeededRandom((ulong)number);
            return new Document([.. Enumerable.Range(0, 25).Select(_ => random.Next(258))], []);
        }
    }
}
