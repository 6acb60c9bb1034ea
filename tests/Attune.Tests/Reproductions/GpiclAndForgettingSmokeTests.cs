using Attune.Reproductions;

namespace Attune.Tests.Reproductions;

public sealed class GpiclAndForgettingSmokeTests
{
    [Theory]
    [InlineData("S188")]
    [InlineData("S194")]
    public void Smoke_OfAReproduction_RunsAndItsChecksHold(string id)
    {
        IReproduction reproduction = id == "S188" ? new S188GeneralLearner() : new S194TemporaryForgetting();
        var result = ReproductionRunner.Run(reproduction, new RunRequest { Scale = RunScale.Smoke, ModelFolders = [], DataFolders = [] }, default);
        Assert.All(result.Findings, f => Assert.Equal(Verdict.Ran, f.Verdict));
        Assert.True(result.Checks.Count >= 5);
        Assert.All(result.Checks, c => Assert.True(c.Holds, $"{c.Name}: {c.Error} is above {c.Bound}"));
    }
}
