namespace Attune.Reproductions.Tagging;

/// <summary>The two ways to answer, written by hand: they read the seven tokens, as a learner does.</summary>
internal static class TaggingRules
{
    /// <summary>The adjective is what stands behind the copula.</summary>
    public static TaggingAnswer ByOrder(ReadOnlySpan<int> tokens)
    {
        var query = tokens[TaggingExample.QueryPosition];
        return new(tokens[tokens.IndexOf(TaggingVocabulary.Copula) + 1], query, query);
    }

    /// <summary>The class of the word asked for is remembered; the order is not looked at.</summary>
    public static TaggingAnswer ByMemory(ReadOnlySpan<int> tokens, TaggingVocabulary vocabulary)
    {
        var query = tokens[TaggingExample.QueryPosition];
        if (!vocabulary.IsNoun(query))
            return new(query, query, query);
        foreach (var token in tokens[..TaggingExample.QueryPosition])
            if (token != query && token != TaggingVocabulary.Copula)
                return new(token, query, query);
        throw new InvalidOperationException("the context has no second word");
    }
}
