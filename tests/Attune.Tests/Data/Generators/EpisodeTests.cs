using Attune.Data;
using Attune.Data.Generators;
using Attune.Tensors;

namespace Attune.Tests.Data.Generators;

public sealed class EpisodeTests
{
    [Fact]
    public void Draw_Spans_PointAtLabelWords()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            var episode = Episode.Draw(new SeededRandom(seed));
            Assert.True(episode.Labels.Count >= 2);
            for (var i = 0; i < episode.Labels.Count; i++)
            {
                var (start, length, shot, label) = episode.Labels[i];
                Assert.Equal(i, shot);
                Assert.Equal(episode.LabelWords[label], episode.Text.Substring(start, length));
            }

            var last = episode.Labels[^1];
            Assert.Equal(episode.Text.Length, last.Start + last.Length);
        }
    }

    [Fact]
    public void Draw_SameSeed_GivesTheSameText()
    {
        var alone = Enumerable.Range(0, 64).Select(i => Episode.Draw(new SeededRandom((ulong)i)).Text).ToArray();
        var together = new string[64];
        Parallel.For(0, 64, i => together[i] = Episode.Draw(new SeededRandom((ulong)i)).Text);
        Assert.Equal(alone, together);
        Assert.Equal(64, alone.Distinct().Count());
    }

    [Fact]
    public void Draw_MaxCharacters_IsKeptBeyondTwoRows()
    {
        var options = new EpisodeOptions { MaxCharacters = 900, FullShare = 1 };
        for (ulong seed = 0; seed < 200; seed++)
        {
            var episode = Episode.Draw(new SeededRandom(seed), options);
            Assert.True(episode.Text.Length <= 900 || episode.Labels.Count == 2);
        }
    }

    [Fact]
    public void Draw_DefaultTemplateShareOfOne_WritesAttunesOwnPrompt()
    {
        var options = new EpisodeOptions { DefaultTemplateShare = 1 };
        for (ulong seed = 0; seed < 100; seed++)
        {
            var episode = Episode.Draw(new SeededRandom(seed), options);
            Assert.StartsWith("Classify the text as one of: ", episode.Text, StringComparison.Ordinal);
            var listed = episode.Text[29..episode.Text.IndexOf(".\n\nText: ", StringComparison.Ordinal)].Split(", ");
            Assert.Equal(episode.LabelWords.Select(w => w[1..]).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Write_Rows_IsWhatRenderPlainGives()
    {
        var templates = new[]
        {
            DefaultTemplates.For(TaskKind.Classification, "", ["text"], ["up", "down"]),
            new PromptTemplate { InputTemplate = "{text} =>", DemonstrationSeparator = "\n", Instruction = "Sort.", UseInstruction = true, InstructionSeparator = "\n" },
            new PromptTemplate { InputTemplate = "Q: {text}\nA:", Instruction = "unused" },
        };
        (string Text, int Label)[] rows = [("a bird {flies}", 0), ("a stone falls", 1), ("a kite", 0), ("rain", 1)];
        foreach (var template in templates)
        {
            var episode = Episode.Write(template, ["up", "down"], rows, 10_000, "none");
            var examples = rows[..^1].Select((r, i) => new Example($"train:{i}", Input.FromText(r.Text), r.Label == 0 ? "up" : "down", null, i));
            Assert.Equal(template.RenderPlain(examples, Input.FromText("rain")) + template.RenderLabel("down"), episode.Text);
            Assert.Equal(4, episode.Labels.Count);
        }
    }

    [Fact]
    public void Draw_NaturalLabelShareOfOne_KeepsTheTasksNames()
    {
        var parity = TaskFamilies.All.Single(f => f.Name == "parity");
        var episode = Episode.Draw(new SeededRandom(3), parity, new EpisodeOptions { NaturalLabelShare = 1 });
        Assert.Equal([" even", " odd"], episode.LabelWords);
    }

    [Fact]
    public void Draw_CopiesOnly_RepeatEarlierRows()
    {
        var topics = TaskFamilies.All.Single(f => f.Name == "topics");
        var plain = new EpisodeOptions { CopyShare = 0, NoiseShare = 0, DefaultTemplateShare = 1, FullShare = 1 };
        Assert.True(Repeats(topics, plain with { CopyShare = 1 }) > 5 * Math.Max(1, Repeats(topics, plain)));
    }

    private static int Repeats(ITaskFamily family, EpisodeOptions options)
    {
        var repeats = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            var rows = Episode.Draw(new SeededRandom(seed), family, options).Text.Split("\n\n")[1..];
            repeats += rows.Length - rows.Distinct().Count();
        }

        return repeats;
    }
}
