using Attune.Methods.Head;
using Attune.Reproductions.Texts;

namespace Attune.Reproductions.Tart;

/// <summary>One task under one seed: rows drawn, embedded by both models, and every predictor scored at every number of rows.</summary>
internal static class TartCell
{
    public static void Run(ReproductionContext context, TartWorld world, TartReasoner reasoner, string name, int seed, IReadOnlyList<int> sizes, TartTable table)
    {
        var task = world.Task(name, seed);
        var rows = task.Train(sizes, context.Random(seed, name + " train"));
        var tests = task.Test(context.At(20, 100, 400), context.Random(seed, name + " test"));
        var truth = tests.Select(t => t.Label).ToArray();
        using var embedder = new LooEmbedder(world.Language);
        var loo = embedder.Embed(task, rows, sizes, tests, context.Cancel);
        var (stream, streamTests) = (world.Encode(rows), world.Encode(tests));
        foreach (var at in loo)
        {
            var labels = rows.Take(at.Size).Select(r => r.Label).ToArray();
            table.Add(name, at.Size, TartTable.InContext, TartScores.InContext(at.Scores, truth));
            Put(TartTable.Loo, TartTable.LooRegression, at.Train, at.Test);
            Put(TartTable.Stream, TartTable.StreamRegression, stream[..at.Size], streamTests);

            void Put(string reason, string regress, float[][] train, float[][] test)
            {
                var (own, regression) = TartScores.Of(reasoner, train, labels, test, truth);
                table.Add(name, at.Size, reason, own);
                table.Add(name, at.Size, regress, regression);
            }
        }
    }
}
