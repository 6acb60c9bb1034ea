namespace Attune.Reproductions.Tagging;

/// <summary>
/// Seven positions: "copula adjective noun" or "noun copula adjective", then one of the two words asked for, then three masks. The answer is "adjective adjective
/// adjective" where the adjective is asked for, and "adjective noun noun" where the noun is.
/// </summary>
/// <param name="Noun">The token that stands in the noun's place.</param>
/// <param name="Adjective">The token that stands in the adjective's place.</param>
internal readonly record struct TaggingExample(int Noun, int Adjective, bool NounFirst, bool AsksNoun)
{
    public const int Length = 7, Asked = 3;

    /// <summary>Where the word stands that is asked for.</summary>
    public const int QueryPosition = 3;

    public int Query => AsksNoun ? Noun : Adjective;

    public int Other => AsksNoun ? Adjective : Noun;

    public void WriteTokens(Span<int> tokens)
    {
        (tokens[0], tokens[1], tokens[2]) = NounFirst ? (Noun, TaggingVocabulary.Copula, Adjective) : (TaggingVocabulary.Copula, Adjective, Noun);
        tokens[QueryPosition] = Query;
        tokens.Slice(QueryPosition + 1, Asked).Fill(TaggingVocabulary.Mask);
    }

    /// <summary>What the order of the context says.</summary>
    public TaggingAnswer InContext => new(Adjective, Query, Query);

    /// <summary>What the words' own classes say, whatever the order.</summary>
    public TaggingAnswer InWeights(TaggingVocabulary vocabulary) => vocabulary.IsNoun(Query) ? new(Other, Query, Query) : new(Query, Query, Query);
}
