using Attune.Reproductions;

namespace Attune.Tests.Reproductions;

public class SmallNetReproductionTests
{
    [Theory]
    [InlineData("S192")]
    [InlineData("S193")]
    public void Smoke_OfAReproduction_DecidesAllAndFailsNoCheck(string id)
    {
        var result = ReproductionRunner.Run(ReproductionCatalog.All.Single(r => r.Card.Id == id), new RunRequest { Scale = RunScale.Smoke, ModelFolders = [], DataFolders = [] }, default);
        Assert.All(result.Checks, check => Assert.True(check.Holds, check.Name));
        Assert.Equal(result.Card.Claims.Count, result.Findings.Count);
        Assert.DoesNotContain(result.Findings, f => f.Verdict is Verdict.Held or Verdict.NotHeld);
    }
}
