namespace Attune.Evaluation.Metrics;

/// <summary>
/// Porter's (1980) suffix stripping with the extensions that NLTK makes by default: a list of irregular words, -ies and -ied
/// of four letters keep their e (dies → die), y becomes i only after a consonant that is not the first letter, and a few more
/// suffixes (-bli, -fulli, -logi, -alli on the way to -al). Words of one or two letters stay.
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["skies"] = "sky", ["sky"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie", ["news"] = "news",
        ["innings"] = "inning", ["inning"] = "inning", ["outings"] = "outing", ["outing"] = "outing",
        ["cannings"] = "canning", ["canning"] = "canning", ["howe"] = "howe",
        ["proceed"] = "proceed", ["exceed"] = "exceed", ["succeed"] = "succeed",
    };

    private static readonly (string Suffix, string Ending)[] DoubleSuffixes =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Ending)[] AdjectiveSuffixes =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] LastSuffixes =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    public static string Stem(string word)
    {
        var stem = word.ToLowerInvariant();
        if (Irregular.TryGetValue(stem, out var irregular))
            return irregular;
        if (stem.Length <= 2)
            return stem;
        stem = AfterConsonantY(PastAndGerund(Plural(stem)));
        stem = Replaced(DoubleSuffix(stem), AdjectiveSuffixes);
        return DoubleL(FinalE(LastSuffix(stem)));
    }

    private static string Plural(string word)
    {
        if (Ends(word, "ies"))
            return word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "sses"))
            return word[..^2];
        return Ends(word, "s") && !Ends(word, "ss") ? word[..^1] : word;
    }

    private static string PastAndGerund(string word)
    {
        if (Ends(word, "ied"))
            return word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "eed"))
            return Measure(word.AsSpan(0, word.Length - 3)) > 0 ? word[..^1] : word;
        var cut = Ends(word, "ed") ? 2 : Ends(word, "ing") ? 3 : 0;
        if (cut == 0 || !HasVowel(word.AsSpan(0, word.Length - cut)))
            return word;
        var stem = word[..^cut];
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
            return stem + "e";
        if (EndsInDoubleConsonant(stem))
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsInShortSyllable(stem) ? stem + "e" : stem;
    }

    private static string AfterConsonantY(string word) =>
        Ends(word, "y") && word.Length > 2 && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;

    private static string DoubleSuffix(string word)
    {
        if (Ends(word, "alli") && Measure(word.AsSpan(0, word.Length - 4)) > 0)
            return DoubleSuffix(word[..^2]);
        // -logi is measured with its l.
        if (Ends(word, "logi"))
            return Measure(word.AsSpan(0, word.Length - 3)) > 0 ? word[..^1] : word;
        return Replaced(word, DoubleSuffixes);
    }

    private static string LastSuffix(string word)
    {
        foreach (var suffix in LastSuffixes)
        {
            if (!Ends(word, suffix))
                continue;
            var stem = word[..^suffix.Length];
            var applies = Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't');
            return applies ? stem : word;
        }
        return word;
    }

    private static string FinalE(string word)
    {
        if (!Ends(word, "e"))
            return word;
        var stem = word[..^1];
        var measure = Measure(stem);
        return measure > 1 || (measure == 1 && !EndsInShortSyllable(stem)) ? stem : word;
    }

    private static string DoubleL(string word) => Ends(word, "ll") && Measure(word.AsSpan(0, word.Length - 1)) > 1 ? word[..^1] : word;

    /// <summary>The first suffix that the word ends in decides: replaced where what is before it has a vowel and then a consonant.</summary>
    private static string Replaced(string word, (string Suffix, string Ending)[] rules)
    {
        foreach (var (suffix, ending) in rules)
        {
            if (Ends(word, suffix))
                return Measure(word.AsSpan(0, word.Length - suffix.Length)) > 0 ? word[..^suffix.Length] + ending : word;
        }
        return word;
    }

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    /// <summary>Of a run of y, the first is a consonant at the word's start or after a vowel, and each next one is what the last was not.</summary>
    private static bool IsConsonant(ReadOnlySpan<char> word, int index)
    {
        if (word[index] != 'y')
            return !IsVowel(word[index]);
        var start = index;
        while (start > 0 && word[start - 1] == 'y')
            start--;
        var first = start == 0 || IsVowel(word[start - 1]);
        return first == ((index - start) % 2 == 0);
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u';

    /// <summary>How often a vowel is followed by a consonant: m of [C](VC)ᵐ[V].</summary>
    private static int Measure(ReadOnlySpan<char> stem)
    {
        var measure = 0;
        for (var i = 1; i < stem.Length; i++)
            measure += IsConsonant(stem, i) && !IsConsonant(stem, i - 1) ? 1 : 0;
        return measure;
    }

    private static bool HasVowel(ReadOnlySpan<char> stem)
    {
        for (var i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i))
                return true;
        }
        return false;
    }

    private static bool EndsInDoubleConsonant(string word) =>
        word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    private static bool EndsInShortSyllable(string word) => word.Length == 2
        ? !IsConsonant(word, 0) && IsConsonant(word, 1)
        : word.Length > 2 && IsConsonant(word, word.Length - 3) && !IsConsonant(word, word.Length - 2)
            && IsConsonant(word, word.Length - 1) && word[^1] is not ('w' or 'x' or 'y');
}
