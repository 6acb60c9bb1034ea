namespace Attune.Reproductions.Tagging;

/// <summary>Shares of examples whose three masks all hold what a route says; the rest of a set is error.</summary>
/// <param name="InContext">As the order of the context says: right, by the task.</param>
/// <param name="InWeights">As the words' own classes say.</param>
/// <param name="Role">Share whose adjective is given more at the first mask than the noun, whatever other tokens are given: 1/2 where nothing is known.</param>
internal readonly record struct TaggingShares(double InContext, double InWeights, double Role)
{
    public static TaggingShares Of(ReadOnlySpan<TaggingExample> examples, ReadOnlySpan<TaggingReply> replies, TaggingVocabulary vocabulary)
    {
        var (inContext, inWeights, role) = (0, 0, 0);
        for (var i = 0; i < examples.Length; i++)
        {
            inContext += replies[i].Answer == examples[i].InContext ? 1 : 0;
            inWeights += replies[i].Answer == examples[i].InWeights(vocabulary) ? 1 : 0;
            role += replies[i].TakesOrder ? 1 : 0;
        }
        double n = examples.Length;
        return new(inContext / n, inWeights / n, role / n);
    }
}
