namespace Attune.Tests.Cli;

public class WrongRequestTests
{
    [Theory]
    [InlineData("compre", "did you mean 'compare'?")]
    [InlineData("models lst", "did you mean 'list'?")]
    [InlineData("models", "list, info, pull, convert, verify, tokenize")]
    [InlineData("methods --jsn", "did you mean '--json'?")]
    [InlineData("compare --sheeds 3", "did you mean '--seeds'?")]
    [InlineData("methods zero-shoot", "did you mean 'zero-shot'?")]
    [InlineData("methods a b", "'b'")]
    [InlineData("fit", "METHOD")]
    [InlineData("fit majority", "DATA")]
    [InlineData("fit majority no-such-file.csv -o x", "no-such-file.csv")]
    [InlineData("compare", "compare needs data")]
    [InlineData("compare data.csv --methods majority", "data.csv")]
    [InlineData("compare data.csv --methods majorty", "did you mean 'majority'?")]
    [InlineData("compare data.csv --shots x", "--shots: 'x'")]
    [InlineData("compare data.csv --seeds 0", "--seeds: '0'")]
    [InlineData("compare data.csv --seeds", "--seeds needs a value")]
    [InlineData("compare data.csv --budget 10", "--budget: '10'")]
    [InlineData("compare data.csv --limit-memory much", "--limit-memory: 'much'")]
    [InlineData("compare data.csv --precision roughly", "exact, fast")]
    [InlineData("compare data.csv --test 0", "--test: '0'")]
    [InlineData("compare data.csv --methods majority --set lora.rank=16", "no method 'lora' in this run")]
    [InlineData("compare data.csv --methods lora --set lora.rnk=16", "did you mean 'rank'?")]
    [InlineData("compare data.csv --methods lora --set lora.rank=many", "whole number")]
    [InlineData("compare data.csv --methods lora --set rank=16", "METHOD.OPTION=VALUE")]
    [InlineData("compare --config no-such.yaml", "no-such.yaml")]
    [InlineData("predict no-such-folder", "no-such-folder")]
    [InlineData("models info no-such-model", "no-such-model")]
    [InlineData("chat", "--model PATH")]
    public void Request_ThatIsWrong_IsOneSentenceAndCodeTwo(string arguments, string expected)
    {
        var run = CliRun.Of(arguments.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Request_ThatIsWrong_ShowsTheStackOnlyWhenVerbose()
    {
        Assert.DoesNotContain("   at ", CliRun.Of("methods", "nothing-like-it").Error, StringComparison.Ordinal);
        Assert.Contains("   at ", CliRun.Of("methods", "nothing-like-it", "-v").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_WithControlCharactersInItsName_ShowsThemAsEscapes()
    {
        var run = CliRun.Of("data", "inspect", "no\u001b[31mfile");
        Assert.Equal(2, run.Code);
        Assert.Contains("no\\u001b[31mfile", run.Error, StringComparison.Ordinal);
    }
}
