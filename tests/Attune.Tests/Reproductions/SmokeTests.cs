using Attune.Reproductions;

namespace Attune.Tests.Reproductions;

public class SmokeTests
{
    public static TheoryData<string> Ids => [.. ReproductionCatalog.All.Select(r => r.Card.Id)];

    /// <summary>Every reproduction runs through, says a word on each claim, calls none held, and misses nothing that must hold at any scale.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void Reproduction_AtSmokeScale_RunsAndItsChecksHold(string id)
    {
        var reproduction = ReproductionCatalog.All.Single(r => r.Card.Id == id);
        var request = new RunRequest { Scale = RunScale.Smoke, ModelFolders = TestFolders.Models, DataFolders = TestFolders.Data };
        var result = ReproductionRunner.Run(reproduction, request, CancellationToken.None);
        Assert.Equal(reproduction.Card.Claims.Count, result.Findings.Count);
        Assert.All(result.Findings, f => Assert.True(f.Verdict is Verdict.Ran or Verdict.NotTestable, $"{f.Claim.Key}: {f.Verdict}"));
        Assert.All(result.Checks, c => Assert.True(c.Holds, $"{c.Name}: {c.Error} > {c.Bound}"));
        Assert.All(result.Exhibits.OfType<ResultTable>(), t => Assert.All(t.Rows, r => Assert.Equal(t.Columns.Count, r.Count)));
        Assert.StartsWith("<!DOCTYPE html>", ResultPage.Render(result), StringComparison.Ordinal);
    }
}
