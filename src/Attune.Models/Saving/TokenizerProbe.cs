using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>Whether two tokenizers do the same: tried on texts in which the known ways of cutting text differ.</summary>
internal static class TokenizerProbe
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "Hello world", "  two  blanks ", "I'm we'LL she'S don'T they'Ve", "12345 1 22 333 4444 3.14159 １２ ٣٤", "x1y22z333", "line\nbreak\r\n\r\n \n  end\n",
        "\ttab\t\ttabs", "if (a>=b && c!=d) { return f(x)[0]; } // ok?!", "!!! ... ??? --- === ### $%^&*()", "naïve café Ångström e\u0301 ŁÓDŹ straße", "Привет, мир! Γειά σου",
        "日本語のテキスト、漢字とカナ。 한국어 문장입니다.", "ภาษาไทย हिन्दी தமிழ் עברית العربية", "😀👍🏽 👨‍👩‍👧‍👦 ❤️", "a\u00A0b\u2003c\u200Bd\u3000e", "CamelCaseWord ALLCAPS lowerUPPER iPhone15Pro", "http://example.org/a_b-c?d=e&f=1#g",
        "word_with_underscores and-hyphens/and\\slashes", "\"quotes\" 'single' `code` “curly” ‘ones’", "<|im_start|>user\nHi<|im_end|>\n", "<s>[INST] x [/INST]</s>", "the the The THE thetheThe", "0x1F 1e-9 1,000,000 50% €5 №7 ½ ²", "zzzzzzzzzzzzzzzz aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\u0000\u0001\u007F",
    ];

    /// <summary>The first text that they encode differently; null: none.</summary>
    public static string? FirstDifference(ITokenizer a, ITokenizer b)
    {
        foreach (var text in Texts)
        {
            if (!Same(a, b, text, addSpecial: true, parseSpecial: true) || !Same(a, b, text, addSpecial: false, parseSpecial: false))
                return text;
        }
        return null;
    }

    private static bool Same(ITokenizer a, ITokenizer b, string text, bool addSpecial, bool parseSpecial)
    {
        var ids = a.Encode(text, addSpecial, parseSpecial);
        try
        {
            return ids.SequenceEqual(b.Encode(text, addSpecial, parseSpecial)) && a.Decode(ids, skipSpecial: false) == b.Decode(ids, skipSpecial: false);
        }
        catch (AttuneException)
        {
            return false;
        }
    }
}
