using Attune.Models;
using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public class PackingTests
{
    [Fact]
    public void Add_OfDocuments_GivesEachRowItsSuccessorAndCutsAtTheEnd()
    {
        var part = new PackedPart(6);
        part.Add(new Document([10, 11, 12, 13], [new LabelSpan(2, 2, 0, [], 0)]), most: 10);
        part.Add(new Document([20, 21, 22, 23, 24, 25], []), most: 10);
        Assert.Equal([10, 11, 12, 20, 21, 22], part.Batch.Ids.ToArray());
        Assert.Equal([11, 12, 13, 21, 22, 23], part.Targets.ToArray());
        // The label's tokens 12 and 13 are what the rows of 11 and 12 predict.
        Assert.Equal([false, true, true, false, false, false], part.IsLabel.ToArray());
        Assert.Equal((6, 2, 0), (part.Predicted, part.LabelTokens, part.Room));
        Assert.Equal(2 * (1 + 2 + 3), part.Pairs);
        Assert.Equal([0, 1, 2, 0, 1, 2], part.Batch.Positions.ToArray());
    }

    [Fact]
    public void Add_ForAnEncoder_PredictsWhatFollowsTheFirstHalf()
    {
        var part = new PackedPart(8);
        part.Add(new Document([1, 2, 3, 4, 5, 6, 7], []), most: 10, readsPrompt: true);
        Assert.Equal(3, part.Batch.Segments[0].Prompt);
        Assert.Equal([-100, -100, 4, 5, 6, 7], part.Targets.ToArray());
        Assert.Equal(4, part.Predicted);
    }

    [Fact]
    public void Loss_OfPackedDocuments_IsThatOfEachAlone()
    {
        using var trained = new TrainableModel(NewModel.Create(Configuration(), new SeededRandom(1)));
        Document[] documents = [new([3, 1, 4, 1, 5, 9], []), new([2, 7, 1, 8, 2, 8], []), new([1, 6, 1, 8, 0, 3], [])];
        var together = new PackedStep(1, 15);
        foreach (var document in documents)
            together.Parts[0].Add(document, 10);
        var loss = new StepLoss(trained, 0);
        var sum = 0.0;
        foreach (var document in documents)
        {
            var alone = new PackedStep(1, 5);
            alone.Parts[0].Add(document, 10);
            Loss(loss, alone);
            sum += loss.Mean * 5;
        }
        Loss(loss, together);
        Assert.Equal(sum, loss.Mean * 15);
    }

    [Fact]
    public void Loss_WithLabelWeight_AddsTheMeanOverLabels()
    {
        using var trained = new TrainableModel(NewModel.Create(Configuration(), new SeededRandom(1)));
        var step = new PackedStep(2, 4);
        step.Parts[0].Add(new Document([3, 1, 4, 1, 5], [new LabelSpan(2, 1, 0, [], 0)]), 10);
        step.Parts[1].Add(new Document([2, 7, 1, 8, 2], [new LabelSpan(1, 2, 0, [], 0)]), 10);
        var loss = new StepLoss(trained, 0.5);
        loss.Begin(step);
        using var graph = new Graph(recording: true);
        var value = 0f;
        for (var part = 0; part < 2; part++)
        {
            graph.Reset();
            value += loss.Of(graph, part).Span[0];
        }
        Assert.Equal(loss.Mean + 0.5 * loss.LabelMean, value, 1e-5);
    }

    private static void Loss(StepLoss loss, PackedStep step)
    {
        using var graph = new Graph(recording: true);
        loss.Begin(step);
        loss.Of(graph, 0);
    }

    private static System.Text.Json.Nodes.JsonObject Configuration()
    {
        var configuration = TinyPretraining.Plan.Configuration.DeepClone().AsObject();
        (configuration["vocab_size"], configuration["max_position_embeddings"]) = (12, 24);
        return configuration;
    }
}
