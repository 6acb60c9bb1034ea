using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class StepLossTests
{
    [Fact]
    public void Mean_OfAStepThatIsComputedTwice_CountsItOnce()
    {
        using var trained = new TrainableModel(NewModel.Create(
            new JsonObject
            {
                ["model_type"] = "llama", ["hidden_size"] = 16, ["intermediate_size"] = 24, ["num_hidden_layers"] = 1, ["num_attention_heads"] = 2, ["vocab_size"] = 12, ["max_position_embeddings"] = 8,
            }, new SeededRandom(5)));
        var step = new PackedStep(1, 8);
        step.Parts[0].Add(new Document([1, 2, 3, 4, 5], [new LabelSpan(4, 1, 0, [[5], [6]], 0)]), 8);
        var loss = new StepLoss(trained, 1);
        using var graph = new Graph(recording: true);
        loss.Begin(step);
        loss.Of(graph, 0);
        var (mean, labels) = (loss.Mean, loss.LabelMean);
        graph.Reset();
        loss.Of(graph, 0);
        Assert.Equal((mean, labels), (loss.Mean, loss.LabelMean));
        // Initial weights know nothing: near ln 12.
        Assert.InRange(mean, 2.3, 2.7);
    }
}
