namespace Attune.Tests.Cli;

public sealed class StartUpTests
{
    [Fact]
    public void Runtime_OfMethodsWithLoops_CompilesThemWellAtOnce()
    {
        // Set for every project: a first batch must not run in code that was compiled quickly.
        Assert.True(AppContext.TryGetSwitch("System.Runtime.TieredCompilation.QuickJitForLoops", out var quick));
        Assert.False(quick);
    }

    [Fact]
    public void Version_OnTheCommandLine_NeedsNoModelAndNoWork()
    {
        var run = CliRun.Of("--version");
        Assert.Equal(0, run.Code);
        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+", run.Out);
    }
}
