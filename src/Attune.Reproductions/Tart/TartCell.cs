using Attune.Methods.Head;

namespace Attune.Reproductions.Tart;

/// <summary>One task under one seed: rows drawn, embedded by both models, and every predictor scored at every number of rows.</summary>
internal static class TartCell
{
    public static void Run(ReproductionContext context, TartWorld world, TartReasoner reasoner, TartReasoner shipped, TartSizes sizes, string name, int seed, TartTable table)
    {
        var task = world.Task(name, seed);
        var rows = task.Train(sizes.Rows, context.Random(seed, name + " train"));
        var tests = task.Test(sizes.TestRows, context.Random(seed, name + " test"));
        var truth = tests.Select(t => t.Label).ToArray();
        using var embedder = new LooEmbedder(world.Language);
        var loo = embedder.Embed(task, rows, sizes.Rows, tests, context.Cancel);
        var (stream, streamTests) = (world.Encode(rows), world.Encode(tests));
        foreach (var at in loo)
        {
            var labels = rows.Take(at.Size).Select(r => r.Label).ToArray();
            table.Add(name, at.Size, TartTable.InContext, TartScores.InContext(at.Scores, truth));
            Put(TartTable.Loo, TartTable.LooRegression, TartTable.LooShipped, at.Train, at.Test);
            Put(TartTable.Stream, TartTable.StreamRegression, TartTable.StreamShipped, stream[..at.Size], streamTests);

            void Put(string reason, string regress, string ofShipped, float[][] train, float[][] test)
            {
                table.Add(name, at.Size, reason, TartScores.Reasoner(reasoner, train, labels, test, truth));
                table.Add(name, at.Size, regress, TartScores.Logistic(reasoner.Plan.Dimensions, train, labels, test, truth));
                table.Add(name, at.Size, ofShipped, TartScores.Reasoner(shipped, train, labels, test, truth));
            }
        }
    }
}
