using Attune.Models;
using Attune.Reproductions.Tart;
using Attune.Reproductions.Texts;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Reproductions;

public sealed class TartReproductionTests
{
    [Fact]
    public void Balanced_Sizes_EachPrefixHasTheSameNumberOfEachLabel()
    {
        var task = TinyTask.Create(new SeededRandom(1), 60, 3);
        var rows = task.Train([6, 15], new SeededRandom(2));
        Assert.Equal([2, 2, 2], Enumerable.Range(0, 3).Select(l => rows.Take(6).Count(r => r.Label == l)));
        Assert.Equal([5, 5, 5], Enumerable.Range(0, 3).Select(l => rows.Count(r => r.Label == l)));
        Assert.Equal(15, rows.Distinct().Count());
    }

    [Fact]
    public void Balanced_TooFewRows_SaysSo() =>
        Assert.Contains("too few", Assert.Throws<AttuneException>(() => TinyTask.Create(new SeededRandom(1), 6).Train([8], new SeededRandom(2))).Message, StringComparison.Ordinal);

    [Fact]
    public void Embed_SharedPrefixes_EqualWholePromptsComputedAlone()
    {
        var task = TinyTask.Create(new SeededRandom(1), 40);
        using var model = TinyTask.Model(new SeededRandom(2));
        var (rows, tests) = (task.Train([4, 7], new SeededRandom(3)), task.Test(3, new SeededRandom(4)));
        using var embedder = new LooEmbedder(model);
        var embedded = embedder.Embed(task, rows, [4, 7], tests, default);
        foreach (var at in embedded)
        {
            for (var i = 0; i < at.Size; i++)
                Assert.Equal(Alone(rows.Take(at.Size).Where((_, j) => j != i), rows[i]), at.Train[i]);
            for (var t = 0; t < tests.Count; t++)
                Assert.Equal(Alone(rows.Take(at.Size), tests[t]), at.Test[t]);
        }

        float[] Alone(IEnumerable<PromptRow> before, PromptRow row)
        {
            int[] prompt = [.. before.SelectMany(task.Demonstration)];
            using var graph = new Graph(recording: false);
            var batch = new TokenBatch();
            batch.Add([.. prompt, .. row.Input]);
            var states = model.Forward(graph, batch, null);
            return graph.MeanPool(graph.GatherRows(states, [.. Enumerable.Range(prompt.Length, row.Input.Length)]), [row.Input.Length])[0].ToArray();
        }
    }
}
