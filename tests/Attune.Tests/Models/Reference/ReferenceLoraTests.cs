using Attune.Data;
using Attune.Methods;
using Attune.Methods.Adapters;
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
        using var adapter = AdapterKinds.Read(PeftFolder.Read(TestFolders.Fixture("reference/lora_start")), model.Transformer);
        var data = DataReader.Read(TestFolders.DataSet("sst2"));
        var context = new FitContext { Task = data.Task, Examples = [.. ReferenceModels.Ints(reference.GetProperty("train_indices")).Select(i => data.Train[i])], Model = model, Seed = 0 };
        var sites = new SiteSet(model.Transformer, "training");
        adapter.Attach(sites);
        var steps = reference.GetProperty("steps").GetInt32();
        var batch = reference.GetProperty("batch").GetInt32();
        var order = ReferenceModels.Ints(reference.GetProperty("order"));
        var rows = Enumerable.Range(0, steps * batch).Select(i => context.Examples[order[i % order.Length]]);
        var training = new LabelTraining(context, model, sites, rows);
        var trainer = new Trainer(adapter.Parameters, new TrainerOptions
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

        using var end = AdapterKinds.Read(PeftFolder.Read(TestFolders.Fixture("reference/lora_end")), model.Transformer);
        foreach (var wanted in end.Parameters)
            Assert.True(Distance(wanted.Value.Span, adapter.Parameters.Single(p => p.Name == wanted.Name).Value.Span) < 0.01, wanted.Name);
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
