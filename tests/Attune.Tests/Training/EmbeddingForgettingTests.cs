using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Tests.Training;

public sealed class EmbeddingForgettingTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(3, "")]
    [InlineData(4, "4")]
    [InlineData(7, "4 7")]
    [InlineData(null, "4 7 10")]
    public void IsDue_EveryThirdStepUntilN_IsBeforeTheStepsBehindThem(int? until, string expected)
    {
        var forgetting = new EmbeddingForgetting([], new ForgettingOptions { Every = 3, Until = until }, new SeededRandom(1));
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(1, 11).Where(forgetting.IsDue)));
    }

    [Fact]
    public void Before_ADueStep_RenewsTokensAndTheirMomentsAlone()
    {
        using var net = new Net();
        var kept = net.Table.Value[2].ToArray();
        net.Train(1, 2);
        var before = net.Values();
        Assert.True(net.Forgetting(new ForgettingOptions { Every = 2, Kept = [2] }).Before(3, net.Trainer));
        var after = net.Values();
        for (var token = 0; token < Net.Tokens; token++)
        {
            var row = token * Net.Width;
            Assert.Equal(token == 2, before[0].AsSpan(row, Net.Width).SequenceEqual(after[0].AsSpan(row, Net.Width)));
            Assert.Equal(token == 2 ? before[1][token] : 0, after[1][token]);
        }
        Assert.Equal(before[2], after[2]);
        var state = net.Trainer.Save()[0];
        Assert.Equal([0, 0, 2], [state.Steps["table"], state.Steps["bias"], state.Steps["map"]]);
        Assert.All(state.Tensors["table.first"], m => Assert.Equal(0, m));
        Assert.Contains(state.Tensors["map.first"], m => m != 0);
        Assert.NotEqual(kept, net.Table.Value[1].ToArray());
    }

    [Fact]
    public void Before_WithMomentsKept_LeavesTheOptimizerAlone()
    {
        using var net = new Net();
        net.Train(1, 2);
        net.Forgetting(new ForgettingOptions { Every = 2, ClearsMoments = false }).Before(3, net.Trainer);
        Assert.Equal(2, net.Trainer.Save()[0].Steps["table"]);
    }

    [Fact]
    public void Before_AStepThatIsNotDue_TouchesNothing()
    {
        using var net = new Net();
        net.Train(1, 2);
        var before = net.Values();
        Assert.False(net.Forgetting(new ForgettingOptions { Every = 2, Until = 2 }).Before(3, net.Trainer));
        Assert.Equal(before, net.Values());
        Assert.Equal(2, net.Trainer.Save()[0].Steps["table"]);
    }

    [Fact]
    public void Forget_IsAFunctionOfSeedAndNumber_AndOfNoOtherToken()
    {
        float[] Draw(ulong seed, int number, params int[] kept)
        {
            using var table = new Parameter("table", 6, 4);
            new EmbeddingForgetting([table], new ForgettingOptions { Every = 1, Kept = kept }, new SeededRandom(seed)).Forget(number);
            return table.Value.Span.ToArray();
        }
        Assert.Equal(Draw(1, 5), Draw(1, 5));
        Assert.NotEqual(Draw(1, 5), Draw(1, 6));
        Assert.NotEqual(Draw(1, 5), Draw(2, 5));
        Assert.Equal(Draw(1, 5)[..8], Draw(1, 5, 2, 3)[..8]);
        Assert.Equal(Draw(1, 5)[16..], Draw(1, 5, 2, 3)[16..]);
        Assert.All(Draw(1, 5, 2, 3)[8..16], v => Assert.Equal(0, v));
    }

    [Fact]
    public void Forget_ManyTokens_HaveTheDeviationAsked()
    {
        using var table = new Parameter("table", 1000, 40);
        new EmbeddingForgetting([table], new ForgettingOptions { Every = 1, Deviation = 0.5 }, new SeededRandom(3)).Forget(1);
        var values = table.Value.Span.ToArray().Select(v => (double)v).ToArray();
        // Five standard errors of the mean and of the variance of 40,000 normal numbers.
        Assert.InRange(values.Average(), -5 * 0.5 / 200, 5 * 0.5 / 200);
        Assert.InRange(values.Average(v => v * v) / 0.25, 1 - 5 * Math.Sqrt(2.0 / 40_000), 1 + 5 * Math.Sqrt(2.0 / 40_000));
    }

    [Fact]
    public void Forgetting_EveryZeroSteps_IsRefused()
    {
        var error = Assert.Throws<AttuneException>(() => new EmbeddingForgetting([], new ForgettingOptions { Every = 0 }, new SeededRandom(1)));
        Assert.Contains("every 0 steps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reset_OfAForeignParameter_IsAFault()
    {
        using var net = new Net();
        using var other = new Parameter("other", 1, 1);
        Assert.Throws<ArgumentException>(() => net.Trainer.Reset(other));
    }

    /// <summary>Tokens looked up, mapped, and scored by the table that they were looked up in.</summary>
    private sealed class Net : IDisposable
    {
        public const int Tokens = 5, Width = 3;

        private readonly Parameter bias = new("bias", 1, Tokens), map = new("map", Width, Width);

        public Net()
        {
            var random = new SeededRandom(7);
            foreach (var parameter in (Parameter[])[Table, map])
                foreach (ref var value in parameter.Value.Span)
                    value = (float)random.NextNormal();
            Trainer = new StepTrainer([Table, bias, map], new StepOptions());
        }

        public Parameter Table { get; } = new("table", Tokens, Width);

        public StepTrainer Trainer { get; }

        public EmbeddingForgetting Forgetting(ForgettingOptions options) => new([Table, bias], options, new SeededRandom(9));

        public void Train(int first, int last)
        {
            for (var step = first; step <= last; step++)
                Trainer.Step(step, 0.1, (graph, _) =>
                {
                    var table = graph.Use(Table);
                    var states = graph.Product(graph.Embedding(table, [0, 1, 2, 3, 4]), graph.Use(map));
                    return graph.CrossEntropy(graph.AddBias(graph.Product(states, table), graph.Use(bias)), [1, 2, 3, 4, 0]);
                });
        }

        public float[][] Values() => [Table.Value.Span.ToArray(), bias.Value.Span.ToArray(), map.Value.Span.ToArray()];

        public void Dispose()
        {
            Trainer.Dispose();
            Table.Dispose();
            bias.Dispose();
            map.Dispose();
        }
    }
}
