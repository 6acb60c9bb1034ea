using Attune.Data;
using Attune.Methods;
using Attune.Methods.Head;

namespace Attune.Tests.Models.Reference;

[Collection("Reference")]
[Trait("Category", "Goldens")]
public sealed class ReferenceProbeTests(ReferenceModels models)
{
    [SkippableFact]
    public void LinearProbe_SixDataSets_MeanAccuracyAsScikitLearn()
    {
        var differences = new List<double>();
        foreach (var task in ReferenceModels.Json("minilm.json").GetProperty("results").EnumerateArray().GroupBy(r => r.GetProperty("task").GetString()!))
        {
            var data = DataReader.Read(TestFolders.DataSet(task.Key));
            // Embedded once for all draws.
            var test = models.Encoder.Embed([.. data.Test!.Select(e => e.Input.Text)]);
            foreach (var expected in task)
            {
                var shots = expected.GetProperty("shots_per_label").GetInt32();
                // A draw of 150 labels is steady and slow.
                var seeds = data.Task.Labels.Count > 20 ? 1 : 6;
                var accuracy = Enumerable.Range(0, seeds).Average(seed => Accuracy(data, test, shots, seed));
                // Both means are of few draws: three deviations of their difference, and never less than the bound on all.
                var spread = expected.GetProperty("accuracy_std").GetDouble() * Math.Sqrt(1.0 / seeds + 1.0 / expected.GetProperty("seeds").GetInt32());
                var difference = accuracy - expected.GetProperty("accuracy_mean").GetDouble();
                Assert.True(Math.Abs(difference) < Math.Max(0.03, 3 * spread), $"{task.Key}, {shots} shots: {accuracy} differs by {difference}");
                differences.Add(difference);
            }
        }
        Assert.InRange(differences.Average(), -0.03, 0.03);
    }

    private double Accuracy(Dataset data, float[][] test, int shots, int seed)
    {
        var rows = Splitter.Draw(data, seed, new SplitOptions(new ShotSpec(shots, null), KeepLeaks: true)).Labelled;
        var context = new FitContext { Task = data.Task, Examples = rows, Encoder = models.Encoder, Seed = seed };
        var classifier = LinearProbe.Classify(context, models.Encoder.Embed([.. rows.Select(r => r.Input.Text)]), 1, balanced: false);
        var labels = data.Task.Labels.ToList();
        return test.Zip(data.Test!).Average(p => Prediction.Of(labels, classifier.Probabilities(p.First), 0).Label == p.Second.Label ? 1.0 : 0);
    }
}
