using System.Diagnostics;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

public sealed class RegexTests
{
    [Theory]
    [InlineData("a|ab", "ab", "a")]
    [InlineData("ab?", "aab", "a ab")]
    [InlineData("a+?b", "aab", "aab")]
    [InlineData("[^a-c]+", "abxyc", "xy")]
    [InlineData("[a-z&&[^b]]+", "abc", "a c")]
    [InlineData(@"\p{N}{1,3}", "12345", "123 45")]
    [InlineData(@"(?i:'s|k)", "'S 'ſ K", "'S 'ſ K")]
    [InlineData(@"(?<=a)b", "abcb", "b")]
    [InlineData(@"(?<!a)b", "abcb", "b")]
    [InlineData(@"x(?!y)", "xyxz", "x")]
    [InlineData(@"(?>a+)b|a", "aaab", "aaab")]
    [InlineData(@"a++a|b", "aab", "b")]
    [InlineData(@"\bfoo\b", "foo food", "foo")]
    [InlineData(@"^b$", "a\nb\nc", "b")]
    [InlineData(@"\x41\u0042\t", "AB\t", "AB\t")]
    [InlineData(@"[[:digit:]_]+", "a1_2", "1_2")]
    [InlineData(@"\P{L}", "a1", "1")]
    [InlineData(@"𐐀{2}", "𐐀𐐀", "𐐀𐐀")]
    public void Matches_SmallPattern_FindsWhatItMeans(string pattern, string text, string expected)
    {
        var runes = RunePattern.RunesOf(text);
        var found = RunePattern.Regex(pattern).Matches(runes)
            .Select(m => string.Concat(runes[m.Start..m.End].Select(char.ConvertFromUtf32)));
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a{5,2}")]
    [InlineData(@"\q")]
    [InlineData(@"\p{Banana}")]
    [InlineData("(?<=a*)b")]
    [InlineData("((a{999}){999}){999}")]
    public void Regex_WhatCannotBeRead_IsAnErrorThatNamesThePattern(string pattern)
    {
        var error = Assert.Throws<AttuneException>(() => RunePattern.Regex(pattern));
        Assert.Contains(pattern, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+$", 'a')]
    [InlineData("(a|a)*b", 'a')]
    [InlineData("(a*)*c", 'a')]
    [InlineData(@"\s*[\r\n]+|\s+(?!\S)|\s+", ' ')]
    public void Matches_PatternThatBacktracksWithoutEnd_IsLinear(string pattern, char letter)
    {
        var watch = Stopwatch.StartNew();
        var runes = RunePattern.RunesOf(new string(letter, 200_000) + "x");
        RunePattern.Regex(pattern).Matches(runes);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Matches_QuadraticLookAhead_EndsWithAnError()
    {
        var runes = RunePattern.RunesOf(new string('a', 200_000) + "b");
        var error = Assert.Throws<AttuneException>(() => RunePattern.Regex("a(?=.*b)").Matches(runes));
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
    }
}
