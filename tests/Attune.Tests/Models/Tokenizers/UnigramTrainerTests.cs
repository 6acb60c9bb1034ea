using System.Text;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>What holds for any text, and one step worked by hand.</summary>
public sealed class UnigramTrainerTests
{
    [Fact]
    public void Train_EachStepOfARound_DoesNotLowerTheLikelihood()
    {
        var steps = new List<UnigramTrainingStep>();
        UnigramTrainer.Train(Corpus.Sentences(300), new UnigramTrainingOptions { VocabularySize = 350, StepsPerRound = 4, OnStep = steps.Add });
        Assert.True(steps.Max(s => s.Round) > 1);
        foreach (var (before, after) in steps.Zip(steps.Skip(1)).Where(p => p.First.Round == p.Second.Round))
            Assert.True(after.LogLikelihood >= before.LogLikelihood - 1e-9 * Math.Abs(before.LogLikelihood), $"round {after.Round}: {before.LogLikelihood} then {after.LogLikelihood}");
    }

    // "ab" once, with a ½, b ¼, ab ¼: a·b has 1/8, ab 2/8; of 3/8 in all a and b get a third each, ab two thirds: 1/4, 1/4, 1/2.
    [Fact]
    public void Step_OneWord_GivesTheSharesWorkedByHand()
    {
        var pieces = new PieceSet(["a", "ab", "b"], [Math.Log(0.5), Math.Log(0.25), Math.Log(0.25)]);
        Assert.Equal(Math.Log(3.0 / 8), pieces.Step([(RunePattern.RunesOf("ab"), 1)]), 12);
        Assert.Equal([0.5, 0.25, 0.25], pieces.ByScore().Select(p => Math.Exp(p.Score)).Select(p => Math.Round(p, 12)));
        Assert.Equal(["ab", "a", "b"], pieces.ByScore().Select(p => p.Text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Train_EveryTextOfTheCorpus_IsEncodedAndRoundTrips(bool bytes)
    {
        var texts = Corpus.Sentences(300);
        var trained = UnigramTrainer.Train(texts, new UnigramTrainingOptions { VocabularySize = bytes ? 420 : 180, ByteFallback = bytes, SpecialTokens = ["<s>", "</s>"] }).Load();
        foreach (var text in texts)
        {
            var ids = trained.Encode(text, addSpecial: false);
            Assert.DoesNotContain(trained.UnknownId!.Value, ids);
            Assert.Equal(text, trained.Decode(ids, skipSpecial: false));
        }
        Assert.Equal(bytes ? 420 : 180, trained.VocabularySize);
        Assert.True(trained.IsSpecial(trained.VocabularySize - 1));
    }

    [Fact]
    public void Train_WithBytes_RoundTripsWhatItHasNotSeen()
    {
        var trained = UnigramTrainer.Train(Corpus.Sentences(100), new UnigramTrainingOptions { VocabularySize = 400 }).Load();
        const string Text = " ЖЩ \U0001F600\n\tzz  q <unk>";
        Assert.Equal(Text, trained.Decode(trained.Encode(Text, addSpecial: false, parseSpecial: false), skipSpecial: false));
    }

    [Fact]
    public void Train_WordsThatRepeat_BecomePieces()
    {
        var trained = UnigramTrainer.Train(Corpus.Sentences(300), new UnigramTrainingOptions { VocabularySize = 400 }).Load();
        Assert.NotNull(trained.IdOf("▁river"));
        Assert.True(trained.Encode("the river", addSpecial: false).Length <= 5);
    }

    [Fact]
    public void Train_TextsInAnyOrder_GiveTheSameFile()
    {
        var texts = Corpus.Sentences(100);
        var options = new UnigramTrainingOptions { VocabularySize = 380 };
        Assert.Equal(Encoding.UTF8.GetString(UnigramTrainer.Train(texts, options).Json.Span), Encoding.UTF8.GetString(UnigramTrainer.Train(texts.Reverse(), options).Json.Span));
    }

    [Fact]
    public void Train_FewerTokensThanCharacters_IsRefused() =>
        Assert.Throws<AttuneException>(() => UnigramTrainer.Train(Corpus.Sentences(50), new UnigramTrainingOptions { VocabularySize = 270 }));
}
