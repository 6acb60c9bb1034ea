using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class HeldOutEvaluationTests : IDisposable
{
    private const int Context = 16;

    private readonly TrainableModel trained = new(NewModel.Create(
        new JsonObject
        {
            ["model_type"] = "llama", ["hidden_size"] = 16, ["intermediate_size"] = 24, ["num_hidden_layers"] = 1, ["num_attention_heads"] = 2, ["vocab_size"] = 12,
            ["max_position_embeddings"] = Context, ["initializer_range"] = 0.4,
        }, new SeededRandom(5)));

    [Fact]
    public void Measure_OfDocuments_GivesTheLossOfEachPosition()
    {
        Document[] documents = [new([3, 1, 4, 1, 5, 9], []), new([2, 7, 1, 8], [])];
        var result = Measure(documents)!;
        var losses = documents.Select(d => Losses(d.Ids)).ToList();
        Assert.Equal(8, result.Tokens);
        Assert.Equal(losses.SelectMany(l => l).Average(), result.Loss, 1e-6);
        Assert.Equal([(0, 0, 2L), (1, 1, 2L), (2, 3, 3L), (4, 7, 1L)], result.ByPosition.Select(p => (p.From, p.Until, p.Tokens)));
        Assert.Equal((losses[0][2] + losses[0][3] + losses[1][2]) / 3, result.ByPosition[2].Loss, 1e-6);
    }

    [Fact]
    public void Measure_OfEpisodes_CountsTheLikeliestFirstToken()
    {
        // Whichever label of two is right, the same one is likelier: of the two episodes one is right.
        IReadOnlyList<int[]> words = [[7], [8]];
        var result = Measure([new([3, 1, 7, 2, 5, 8], [new(2, 1, 0, words, 0), new(5, 1, 1, words, 1)]), new([3, 1, 8, 2, 5, 8], [new(2, 1, 0, words, 1)])])!;
        Assert.Equal([(0, 1, 2), (1, Likelier([3, 1, 7, 2, 5]) == 8 ? 1 : 0, 1)], result.ByShots.Select(s => (s.Shots, s.Right, s.Count)));
        Assert.Equal(0.5, result.ByShots[0].Chance);
        Assert.Equal(0, result.WholeWords);
    }

    [Fact]
    public void Measure_LabelsThatBeginAlike_CountsTheLikeliestWord()
    {
        IReadOnlyList<int[]> words = [[7, 1], [7, 2], [7, 3, 4]];
        int[] prompt = [3, 1, 5];
        var scores = words.Select(w => Losses([.. prompt, .. w]).Skip(prompt.Length - 1).Sum()).ToList();
        var likeliest = scores.IndexOf(scores.Min());
        for (var right = 0; right < words.Count; right++)
        {
            var result = Measure([new([.. prompt, .. words[right]], [new(3, words[right].Length, 4, words, right)])])!;
            Assert.Equal((1, right == likeliest ? 1 : 0), (result.WholeWords, Assert.Single(result.ByShots).Right));
        }
    }

    [Fact]
    public void Measure_OfManyRows_ScoresEachAsIfItWereAlone()
    {
        var random = new SeededRandom(8);
        Document[] documents = [.. Enumerable.Range(0, 80).Select(_ => new Document([.. Enumerable.Range(0, 17).Select(_ => random.Next(12))], []))];
        // 80 documents of 16 rows are more than are scored at once, and end elsewhere than these do.
        var result = new HeldOutEvaluation(trained, Context, 3 * HeldOutEvaluation.ScoredRows + 5).Measure(
            new HeldOutSet("set", n => n < documents.Length ? documents[n] : null), new EvaluationPlan { Documents = 80 }, default)!;
        Assert.Equal(80 * 16, result.Tokens);
        Assert.Equal(documents.SelectMany(d => Losses(d.Ids)).Average(), result.Loss, 1e-6);
    }

    [Fact]
    public void Measure_MoreLabelsThanFitAtOnce_CountsTheLikeliestOfAll()
    {
        IReadOnlyList<int[]> words = [.. Enumerable.Range(0, 8).Select(i => new[] { 7, i })];
        int[] prompt = [3, 1, 5, 2, 9, 4, 4, 8, 1, 0, 6, 2];
        var scores = words.Select(w => Losses([.. prompt, .. w]).Skip(prompt.Length - 1).Sum()).ToList();
        var likeliest = scores.IndexOf(scores.Min());
        // 32 rows hold two candidates of 13.
        for (var right = 0; right < words.Count; right++)
            Assert.Equal(right == likeliest ? 1 : 0, Measure([new([.. prompt, .. words[right]], [new(12, 2, 4, words, right)])])!.ByShots[0].Right);
    }

    public void Dispose() => trained.Dispose();

    private HeldOutResult? Measure(Document[] documents) => new HeldOutEvaluation(trained, Context, 32).Measure(
        new HeldOutSet("set", n => n < documents.Length ? documents[n] : null), new EvaluationPlan(), default);

    private int Likelier(int[] ids)
    {
        var row = LogProbabilities(ids)[^1];
        return row[7] > row[8] ? 7 : 8;
    }

    private List<double> Losses(int[] ids) => [.. LogProbabilities(ids).Take(ids.Length - 1).Select((row, i) => -row[ids[i + 1]])];

    private List<double[]> LogProbabilities(int[] ids)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add(ids);
        var model = (CausalLanguageModel)trained.Model;
        var logits = model.Logits(graph, model.Forward(graph, batch, trained.Sites), batch, trained.Sites);
        return [.. Enumerable.Range(0, ids.Length).Select(r => logits[r].ToArray()).Select(row => row.Select(x => x - Math.Log(row.Sum(y => Math.Exp(y)))).ToArray())];
    }
}
