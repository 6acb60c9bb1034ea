namespace Attune.Reproductions.Tagging;

/// <summary>Shares of examples whose three masks all hold what a route says; the rest of a set is error.</summary>
/// <param name="InContext">As the order of the context says: right, by the task.</param>
/// <param name="InWeights">As the words' own classes say.</param>
internal readonly record struct TaggingShares(double InContext, double InWeights)
{
    public static TaggingShares Of(ReadOnlySpan<TaggingExample> examples, ReadOnlySpan<TaggingAnswer> answers, TaggingVocabulary vocabulary)
    {
        var (inContext, inWeights) = (0, 0);
        for (var i = 0; i < examples.Length; i++)
        {
            inContext += answers[i] == examples[i].InContext ? 1 : 0;
            inWeights += answers[i] == examples[i].InWeights(vocabulary) ? 1 : 0;
        }
        return new((double)inContext / examples.Length, (double)inWeights / examples.Length);
    }
}
