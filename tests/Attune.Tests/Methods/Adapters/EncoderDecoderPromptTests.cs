using Attune.Data;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tests.Models.Generation;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Prompts trained on an encoder-decoder: what is predicted is what was trained.</summary>
public sealed class EncoderDecoderPromptTests
{
    [Theory]
    [InlineData("prompt-tuning")]
    [InlineData("p-tuning")]
    [InlineData("multitask-prompt-tuning")]
    [InlineData("prefix-tuning")]
    public void Predict_AfterTraining_ScoresAsTrainingPlacesTheRows(string name)
    {
        using var model = TinyModels.EncoderDecoder();
        var (task, rows) = TinyModels.Task(12);
        var method = Catalog.Get(name);
        var options = (AdapterOptions)method.DefaultOptions with { MaxSteps = 3 };
        var fitted = method.Fit(new FitContext { Task = task, Examples = [.. rows.Take(8)], Model = model, Seed = 7 }, options);
        using var predictor = new Predictor(fitted, model, null, OverflowPolicy.Error);
        Input[] inputs = [.. rows.Skip(8).Select(r => r.Input)];
        var (scores, prompts) = (predictor.Scores(inputs), predictor.Prompts(inputs));
        var labels = new PromptBuilder(model, task.Template, OverflowPolicy.Error).Labels(task.Labels);
        var farthest = 0.0;
        for (var i = 0; i < inputs.Length; i++)
            for (var l = 0; l < labels.Length; l++)
            {
                double Score(LanguageModel of, SiteSet? sites) => Of(task.Template.LabelScore, PlacedPass.Score(of, sites, prompts[i].Tokens, labels[l]));
                Assert.Equal(Score(model, predictor.Sites), scores[i]![l], 1e-4);
                farthest = Math.Max(farthest, Math.Abs(Score(model, null) - scores[i]![l]));
            }
        Assert.True(farthest > 1e-3, $"{name} changes no score by more than {farthest}");
    }

    private static double Of(LabelScore kind, double[] tokens) => kind switch
    {
        LabelScore.MeanPerToken => tokens.Average(),
        LabelScore.Pmi => throw new InvalidOperationException("the tiny task has no empty input"),
        LabelScore.FirstToken => tokens[0],
        _ => tokens.Sum(),
    };
}
