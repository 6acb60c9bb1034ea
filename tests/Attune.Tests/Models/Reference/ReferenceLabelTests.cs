using Attune.Data;
using Attune.Methods;
using Attune.Methods.Prompt;

namespace Attune.Tests.Models.Reference;

[Collection("Reference")]
[Trait("Category", "Goldens")]
public sealed class ReferenceLabelTests(ReferenceModels models)
{
    [SkippableFact]
    public void Labels_HundredAndFiftyIntents_NoneBeginsAnother()
    {
        var data = DataReader.Read(TestFolders.DataSet("clinc150"));
        var tokens = new PromptBuilder(models.Language, data.Task.Template, OverflowPolicy.Error).Labels(data.Task.Labels);
        Assert.Equal(150, tokens.Length);
        Assert.Contains(tokens.GroupBy(t => t[0]), g => g.Count() > 1);
        for (var i = 0; i < tokens.Length; i++)
            for (var j = 0; j < tokens.Length; j++)
                Assert.False(i != j && tokens[j].AsSpan().StartsWith(tokens[i]), $"'{data.Task.Labels[i]}' begins '{data.Task.Labels[j]}'");
    }

    [SkippableFact]
    public void Predict_HundredAndFiftyIntents_RowsAloneAsTogether()
    {
        var data = DataReader.Read(TestFolders.DataSet("clinc150"));
        var context = new FitContext { Task = data.Task, Examples = [], Model = models.Language, Seed = 0 };
        using var predictor = new Predictor(new ZeroShot().Fit(context, new ZeroShotOptions()), models.Language, null, OverflowPolicy.Error);
        Input[] inputs = [.. data.Test!.Take(3).Select(e => e.Input)];
        var together = predictor.Predict(inputs);
        for (var i = 0; i < inputs.Length; i++)
        {
            Assert.Equal(1, together[i].Probabilities.Sum(), 9);
            Assert.Equal(together[i].Probabilities, predictor.Predict([inputs[i]])[0].Probabilities);
        }
    }
}
