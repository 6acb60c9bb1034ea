using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public class MixtureTests
{
    [Fact]
    public void Next_OfWeightedSources_GivesEachItsShareOfTokens()
    {
        var mixture = new Mixture([new MixturePart(new CountedSource("long", 50), 1), new MixturePart(new CountedSource("short", 7), 3)]);
        while (mixture.State.Tokens.Sum() < 20_000)
            mixture.Next(0, 1000);
        // Never further from its share than a document.
        Assert.InRange(mixture.State.Tokens[1], 0.75 * mixture.State.Tokens.Sum() - 50, 0.75 * mixture.State.Tokens.Sum() + 50);
        Assert.Equal(0, mixture.State.Owed.Sum(), 1e-6);
    }

    [Fact]
    public void Next_AfterResuming_GoesOnWhereItWas()
    {
        Mixture New() => new([new MixturePart(new CountedSource("a", 50), 1), new MixturePart(new CountedSource("b", 7), 3)]);
        var whole = New();
        for (var i = 0; i < 30; i++)
            whole.Next(0, 1000);
        var state = whole.State.Copy();
        var rest = Enumerable.Range(0, 20).Select(_ => whole.Next(0, 1000).Ids).ToList();
        var resumed = New();
        resumed.Resume(state);
        Assert.Equal(rest, Enumerable.Range(0, 20).Select(_ => resumed.Next(0, 1000).Ids));
    }

    [Fact]
    public void Next_OutsideAPartsShareOfTheSteps_LeavesItOut()
    {
        var mixture = new Mixture([new MixturePart(new CountedSource("always", 10), 1), new MixturePart(new CountedSource("late", 10), 1, From: 0.5)]);
        for (var i = 0; i < 10; i++)
            mixture.Next(0.49, 1000);
        Assert.Equal([10, 0], mixture.State.Documents);
        // What it was not read for is not owed to it.
        for (var i = 0; i < 10; i++)
            mixture.Next(0.5, 1000);
        Assert.Equal([15, 5], mixture.State.Documents);
    }

    [Fact]
    public void Next_WhereNoSourceIsRead_SaysSo() =>
        Assert.Contains("after 50% of the steps", Assert.Throws<AttuneException>(() => new Mixture([new MixturePart(new CountedSource("early", 9), 1, Until: 0.5)]).Next(0.5, 1)).Message, StringComparison.Ordinal);

    /// <summary>Documents of a length, each a number again and again.</summary>
    private sealed class CountedSource(string name, int tokens) : IDocumentSource
    {
        public string Name => name;

        public string Identity => name;

        public long? Tokens => null;

        public IReadOnlyList<HeldOutSet> HeldOut => [];

        public IEnumerable<string> Samples() => [];

        public void Prepare(DocumentEncoder encoder, CancellationToken cancel)
        {
        }

        public Document Read(long number) => new([.. Enumerable.Repeat((int)number, tokens + 1)], []);
    }
}
