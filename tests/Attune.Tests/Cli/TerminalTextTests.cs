using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Tensors;

namespace Attune.Tests.Cli;

public class TerminalTextTests
{
    [Theory]
    [InlineData("plain [b] text", "plain [b] text")]
    [InlineData("a\nb\tc\rd", "a\\nb\\tc\\rd")]
    [InlineData("\u001b[2J", "\\u001b[2J")]
    [InlineData("a\u202eb\u2066c\u200bd", "a\\u202eb\\u2066c\\u200bd")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("naïve 語 👩‍👧", "naïve 語 👩‍👧")]
    public void Line_OfAnyText_HasNothingThatSteersATerminal(string text, string expected) => Assert.Equal(expected, Visible.Line(text));

    [Fact]
    public void Begin_OfALongText_CutsBetweenCharacters() => Assert.Equal("ab…", Visible.Begin("ab😀cd", 3));

    [Theory]
    [InlineData("sheeds", "seeds")]
    [InlineData("tset", "test")]
    [InlineData("meth", "methods")]
    [InlineData("entirely-other", null)]
    public void Nearest_OfAMistypedName_IsTheOneMeant(string text, string? expected) =>
        Assert.Equal(expected, Nearest.Of(text, ["seeds", "seed", "test", "methods", "shots"]));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    public void Duration_WithUnits_IsRead(string text, double seconds) => Assert.Equal(seconds, Values.Duration(text)!.Value.TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("10x")]
    [InlineData("0s")]
    [InlineData("10m5")]
    public void Duration_OfAnotherForm_IsRefused(string text) => Assert.Throws<AttuneException>(() => Values.Duration(text));

    [Theory]
    [InlineData("8G", 8L << 30)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("4096", 4096)]
    public void Bytes_WithUnits_AreRead(string text, long expected) => Assert.Equal(expected, Values.Bytes(text));

    [Fact]
    public void Quote_OfArguments_GivesBackWhatAShellReads() =>
        Assert.Equal("compare 'my data.csv' --set 'a.b='\\''x'\\''' -o runs/x", ShellQuote.Join(["compare", "my data.csv", "--set", "a.b='x'", "-o", "runs/x"]));
}
