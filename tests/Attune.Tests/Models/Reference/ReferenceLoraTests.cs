using Attune.Data;
using Attune.Methods;
using Attune.Methods.Weights;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Training;

namespace Attune.Tests.Models.Reference;

[Collection("Reference")]
[Trait("Category", "Goldens")]
public sealed class ReferenceLoraTests(ReferenceModels models)
{
    [SkippableFact]
    public void Train_FortySteps_LossesNormsAndFactorsAsPeft()
    {
        var model = models.Language;
        var reference = ReferenceModels.Json("lora.json");
        var adapter = PeftLora.Read(TestFolders.Fixture("reference/lora_start"));
        var data = DataReader.Read(TestFolders.DataSet("sst2"));
        var context = new FitContext { Task = data.Task, Examples = [.. ReferenceModels.Ints(reference.GetProperty("train_indices")).Select(i => data.Train[i])], Model = model, Seed = 0 };
        var sites = new SiteSet(model.Transformer, "training");
        adapter.Attach(sites, model);
        var steps = reference.GetProperty("steps").GetInt32();
        var batch = reference.GetProperty("batch").GetInt32();
        var order = ReferenceModels.Ints(reference.GetProperty("order"));
        var rows = Enumerable.Range(0, steps * batch).Select(i => context.Examples[order[i % order.Length]]);
        var training = new LabelTraining(context, model, sites, rows);
        var trainer = new Trainer([.. adapter.Factors.SelectMany(f => new[] { f.A, f.B })], new TrainerOptions
        {
            LearningRate = reference.GetProperty("learning_rate").GetDouble(), BatchSize = batch, Epochs = 1,
            WarmupShare = 0, Decay = false, ClipNorm = null, FixedOrder = true,
        });
        var trace = reference.GetProperty("trace").EnumerateArray().ToArray();
        trainer.Run(training.Count, training.Loss, new SeededRandom(0), step =>
        {
            var expected = trace[step.Step - 1];
            Near(expected[0].GetDouble(), step.Loss, 0.002, 2e-5, $"loss of step {step.Step}");
        }, null, CancellationToken.None);

        var end = PeftLora.Read(TestFolders.Fixture("reference/lora_end"));
        foreach (var wanted in end.Factors)
        {
            var got = adapter.Factors.Single(f => f.Module == wanted.Module);
            Assert.True(Distance(wanted.A.Value.Span, got.A.Value.Span) < 0.01, $"{wanted.Module} A");
            Assert.True(Distance(wanted.B.Value.Span, got.B.Value.Span) < 0.01, $"{wanted.Module} B");
        }
    }

    [SkippableFact]
    public void Write_AfterRead_SameTensorsAndSettings()
    {
        var source = PeftLora.Read(TestFolders.Fixture("reference/lora_end"));
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            PeftLora.Write(folder, source, "smollm2-135m-instruct");
            var copy = PeftLora.Read(folder);
            Assert.Equal(source.Settings with { Targets = [] }, copy.Settings with { Targets = [] });
            Assert.Equal(source.Settings.Targets, copy.Settings.Targets);
            foreach (var (a, b) in source.Factors.Zip(copy.Factors))
            {
                Assert.Equal(a.Module, b.Module);
                Assert.Equal(a.A.Value.Span.ToArray(), b.A.Value.Span.ToArray());
                Assert.Equal(a.B.Value.Span.ToArray(), b.B.Value.Span.ToArray());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Near(double expected, double actual, double relative, double absolute, string what) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected) + absolute, $"{what} is {actual}, expected {expected}");

    /// <summary>‖expected − actual‖ / ‖expected‖.</summary>
    private static double Distance(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double difference = 0, size = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)expected[i] - actual[i], 2);
            size += Math.Pow(expected[i], 2);
        }
        return Math.Sqrt(difference / size);
    }
}
