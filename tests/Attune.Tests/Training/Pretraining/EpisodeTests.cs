using Attune.Data.Generators;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class EpisodeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-episodes-").FullName;

    [Fact]
    public void Encode_OfAnEpisode_MarksTheTokensOfItsLabels()
    {
        var tokenizer = BytePairTrainer.Train([""], new BytePairTrainingOptions { VocabularySize = 257, SpecialTokens = [TokenizerPlan.EndOfText] }).Load();
        string[] words = [" yes", " no"];
        var document = new DocumentEncoder(tokenizer, 0, 64).Encode(new LabelledText("a: no\n\nb: yes", [new TextLabel(2, 5, 0, words, 1), new TextLabel(9, 13, 1, words, 0)]));
        // One token a byte: the blank belongs to the label.
        Assert.Equal([(2, 3, 0, 1), (9, 4, 1, 0)], document.Labels.Select(l => (l.Start, l.Length, l.Shot, l.Right)));
        Assert.Equal(" no", tokenizer.Decode(document.Labels[0].Candidates[1], skipSpecial: false));
        Assert.Equal(0, document.Ids[^1]);
    }

    [Fact]
    public void Task_AsEpisodes_WritesRowsAsItsTemplateDoesAndIsAFunctionOfTheNumber()
    {
        var path = Path.Combine(folder, "rows.csv");
        File.WriteAllText(path, "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"row {i},{(i % 2 == 0 ? "even" : "odd")}\n")));
        var tokenizer = BytePairTrainer.Train([""], new BytePairTrainingOptions { VocabularySize = 257, SpecialTokens = [TokenizerPlan.EndOfText] }).Load();
        TaskSource New()
        {
            var source = new TaskSource("rows", path, (3, 3), 0.2, new SeededRandom(1));
            source.Prepare(new DocumentEncoder(tokenizer, 0, 512), default);
            return source;
        }
        var source = New();
        var document = source.Read(7);
        var text = tokenizer.Decode(document.Ids, skipSpecial: true);
        Assert.Matches(@"^(.*\n\n)?(Text: row \d+\nLabel: (even|odd)(\n\n)?){3}(<\|endoftext\|>)?$", text);
        Assert.Equal([0, 1, 2], document.Labels.Select(l => l.Shot));
        foreach (var label in document.Labels)
            Assert.Equal(tokenizer.Decode(label.Candidates[label.Right], skipSpecial: true).Trim(), tokenizer.Decode(document.Ids.AsSpan(label.Start, label.Length), skipSpecial: true).Trim());
        Assert.Equal(document.Ids, New().Read(7).Ids);
        Assert.NotEqual(document.Ids, source.Read(8).Ids);
    }

    [Fact]
    public void Episodes_Generated_AreFunctionsOfTheNumberAndKeepFamiliesApart()
    {
        var tokenizer = BytePairTrainer.Train([""], new BytePairTrainingOptions { VocabularySize = 257, SpecialTokens = [TokenizerPlan.EndOfText] }).Load();
        EpisodeSource New()
        {
            var source = new EpisodeSource("episodes", null, new EpisodeOptions { MaxCharacters = 300 }, new SeededRandom(2));
            source.Prepare(new DocumentEncoder(tokenizer, 0, 512), default);
            return source;
        }
        var (source, again) = (New(), New());
        for (var i = 0; i < 20; i++)
            Assert.Equal(source.Read(i).Ids, again.Read(i).Ids);
        Assert.Equal(["episodes, new draws", "episodes, held-out families"], source.HeldOut.Select(s => s.Name));
        Assert.All(Enumerable.Range(0, 10).Select(i => source.HeldOut[1].Read(i)!), d => Assert.All(d.Labels, l => Assert.InRange(l.Right, 0, l.Candidates.Count - 1)));
        var name = TaskFamilies.HeldOut[0].Name;
        Assert.Contains("kept from training", Assert.Throws<AttuneException>(() => new EpisodeSource("e", [name], new EpisodeOptions(), new SeededRandom(1))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
