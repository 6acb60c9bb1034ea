using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>
/// Counts against ones made by hand. The tiny model has two layers of width 32: query and output map 32×32, key and value 16×32, gate, up and
/// down 64×32, together 9,216 weights a layer; 4 heads of 8; a vocabulary of 257, of which the head is 257×32.
/// </summary>
public class ProfileTests
{
    private const long Weights = 2 * 9216;
    private const long Head = 257 * 32;

    [Fact]
    public void Linear_OfOneMap_CountsTwoOperationsAWeightAndRowAndEveryByteOnce()
    {
        using var graph = new Graph(recording: false);
        using var weight = WeightMatrix.Create(16, 32, new float[16 * 32]);
        var x = TestTensors.Constant(graph, new float[3 * 32], 3, 32);
        using var profile = Profile.Start();
        graph.Linear(x, weight);
        var total = Assert.Single(profile.Totals);
        Assert.Equal((OperationKind.Linear, NumberKind.Float32, 1L), (total.Kind, total.Numbers, total.Calls));
        Assert.Equal(new OperationCount(2 * 3 * 16 * 32), total.Operations);
        Assert.Equal(4 * (16 * 32 + 3 * 32 + 3 * 16), total.Bytes);
    }

    [Fact]
    public void Feed_FiveTokens_CountsTheForwardPass()
    {
        using var model = TinyModels.Language();
        using var feed = new TokenFeed(model);
        using var profile = Profile.Start();
        feed.Feed([1, 2, 3, 4, 5]);
        // Scores for the last token only; a token sees itself and those before it: 15 pairs, 4 heads of 8, 4 operations each.
        // Behind the last layer's attention only that token's row is computed: output, gate, up and down map.
        const long behind = 32 * 32 + 3 * 64 * 32;
        Assert.Equal(2 * (5 * (Weights - behind) + behind + Head), Operations(profile, OperationKind.Linear));
        Assert.Equal(2 * 15 * 4 * 8 * 4, Operations(profile, OperationKind.CachedAttention));
        Assert.Equal((3 * 5 + 2) * 2 * 4 * 32, profile.Totals.Single(t => t.Kind == OperationKind.Norm).Bytes);
    }

    [Fact]
    public void Feed_BehindOthers_CountsWhatTheNewTokensSee()
    {
        using var model = TinyModels.Language();
        using var feed = new TokenFeed(model);
        feed.Feed([1, 2, 3, 4, 5]);
        using var profile = Profile.Start();
        feed.Feed([6, 7]);
        Assert.Equal(2 * (6 + 7) * 4 * 8 * 4, Operations(profile, OperationKind.CachedAttention));
    }

    [Fact]
    public void LoraStep_TwoRowsOfThree_CountsForwardAndBackward()
    {
        using var model = TinyModels.Language();
        using var graph = new Graph(recording: true);
        var factors = model.Transformer.Linears.Where(l => l.Role is "q_proj" or "v_proj").Select(l => (Map: l, Factors: new LoraFactors(l, 2, 1))).ToList();
        var sites = new SiteSet(model.Transformer, "training");
        factors.ForEach(f => sites.Add(f.Map, f.Factors));
        var batch = new TokenBatch();
        batch.Add([1, 2, 3]);
        batch.Add([4, 5, 6]);
        using var profile = Profile.Start();
        var hidden = graph.GatherRows(model.Transformer.Forward(graph, batch, sites), [2, 5]);
        graph.Backward(graph.CrossEntropy(model.Transformer.Logits(graph, hidden, batch, sites), [7, 8]));
        // Backward stops at the first layer's query, key and value maps, whose input depends on nothing that is trained.
        const long first = (32 + 16 + 16) * 32;
        Assert.Equal(2 * (6 * Weights + 2 * Head), Operations(profile, OperationKind.Linear));
        Assert.Equal(2 * (6 * (Weights - first) + 2 * Head), Operations(profile, OperationKind.LinearBackward));
        // A layer's factors: 2×32 and 32×2 for the query, 2×32 and 16×2 for the value. The first layer's A need no gradient of their input.
        const long a = 2 * (2 * 32), b = 32 * 2 + 16 * 2;
        Assert.Equal(2 * 6 * 2 * (a + b), Operations(profile, OperationKind.Product));
        Assert.Equal(2 * 6 * (4 * (a + b) - a), Operations(profile, OperationKind.ProductBackward));
        // 6 pairs a row and layer; five products backward where forward has two.
        Assert.Equal(2 * 2 * 6 * 4 * 8 * 4, Operations(profile, OperationKind.Attention));
        Assert.Equal(2 * 2 * 6 * 4 * 8 * 10, Operations(profile, OperationKind.AttentionBackward));
        factors.ForEach(f =>
        {
            f.Factors.A.Dispose();
            f.Factors.B.Dispose();
        });
    }

    [Fact]
    public void Nested_TimeOfTheInner_IsNotTheOuters()
    {
        using var profile = Profile.Start();
        using (Profile.Measure(OperationKind.Linear, 0, 0))
        using (Profile.Measure(OperationKind.Quantise, 0, 0))
            Thread.Sleep(20);
        var times = profile.Totals.ToDictionary(t => t.Kind, t => t.Ticks);
        Assert.True(times[OperationKind.Quantise] > times[OperationKind.Linear]);
    }

    [Fact]
    public void Measure_WithoutAProfile_AllocatesAndCountsNothing()
    {
        Measured();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Measured();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        using var profile = Profile.Start();
        Assert.Empty(profile.Totals);

        static void Measured()
        {
            using var measured = Profile.Measure(OperationKind.Linear, 1, 1);
        }
    }

    [Fact]
    public void Start_TwiceOnAThread_IsAnErrorAndAnotherThreadIsNotMeasured()
    {
        using var profile = Profile.Start();
        Assert.Throws<InvalidOperationException>(Profile.Start);
        var other = new Thread(() =>
        {
            using var measured = Profile.Measure(OperationKind.Linear, 1, 1);
        });
        other.Start();
        other.Join();
        Assert.Empty(profile.Totals);
    }

    private static long Operations(Profile profile, OperationKind kind) => profile.Totals.Where(t => t.Kind == kind).Sum(t => t.Operations.Total);
}
