using Attune.Reproductions;

namespace Attune.Tests.Reproductions;

public sealed class BayesianReproductionTests
{
    [Theory]
    [InlineData("S189")]
    [InlineData("S190")]
    public void Smoke_OfAReproduction_DecidesAllAndFailsNoCheck(string id)
    {
        var result = ReproductionRunner.Run(ReproductionCatalog.All.Single(r => r.Card.Id == id), new RunRequest { Scale = RunScale.Smoke, ModelFolders = [], DataFolders = [] }, default);
        Assert.All(result.Checks, check => Assert.True(check.Holds, check.Name));
        Assert.All(result.Findings, f => Assert.Equal(Verdict.Ran, f.Verdict));
        Assert.Equal(result.Card.Claims.Select(c => c.Key), result.Findings.Select(f => f.Claim.Key));
    }
}
