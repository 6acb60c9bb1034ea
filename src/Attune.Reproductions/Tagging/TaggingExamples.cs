using Attune.Tensors;

namespace Attune.Reproductions.Tagging;

/// <summary>Draws examples of a law.</summary>
internal sealed class TaggingExamples(TaggingVocabulary vocabulary)
{
    private readonly int[] head = vocabulary.Ranks(0, Tenth(vocabulary), ambiguous: false);
    private readonly int[] tail = vocabulary.Ranks(vocabulary.PerClass - Tenth(vocabulary), Tenth(vocabulary), ambiguous: false);
    private readonly int[] ambiguous = vocabulary.Ranks(0, vocabulary.PerClass, ambiguous: true);

    public TaggingExample Draw(TaggingSet set, SeededRandom random)
    {
        var (noun, adjective) = Words(set, random);
        return new TaggingExample(noun, adjective, NounFirst: random.Next(2) == 0, AsksNoun: random.Next(2) == 0);
    }

    public TaggingExample[] Draw(TaggingSet set, int count, SeededRandom random) => [.. Enumerable.Range(0, count).Select(_ => Draw(set, random))];

    private (int Noun, int Adjective) Words(TaggingSet set, SeededRandom random)
    {
        // Two roles of one word would leave the answer open.
        while (true)
        {
            var (noun, adjective) = set switch
            {
                TaggingSet.Unseen => (vocabulary.UnseenToken(random.Next(vocabulary.Unseen)), vocabulary.UnseenToken(random.Next(vocabulary.Unseen))),
                TaggingSet.SwitchedHead => (vocabulary.Adjective(Of(head, random)), vocabulary.Noun(Of(head, random))),
                TaggingSet.SwitchedTail => (vocabulary.Adjective(Of(tail, random)), vocabulary.Noun(Of(tail, random))),
                TaggingSet.Ambiguous => (Either(Of(ambiguous, random), random), Either(Of(ambiguous, random), random)),
                TaggingSet.Uniform => (vocabulary.Noun(random.Next(vocabulary.PerClass)), vocabulary.Adjective(random.Next(vocabulary.PerClass))),
                _ => (vocabulary.Draw(asNoun: true, random), vocabulary.Draw(asNoun: false, random)),
            };
            if (noun != adjective)
                return (noun, adjective);
        }
    }

    private int Either(int rank, SeededRandom random) => random.Next(2) == 0 ? vocabulary.Noun(rank) : vocabulary.Adjective(rank);

    private static int Of(int[] ranks, SeededRandom random) => ranks[random.Next(ranks.Length)];

    private static int Tenth(TaggingVocabulary vocabulary) => Math.Max(2, vocabulary.PerClass / 10);
}
