using Attune.Reproductions.InductionHeads;

namespace Attune.Tests.Reproductions.InductionHeads;

public class NestedLogitsTests
{
    /// <summary>−(1/8 − 1/32) = −0.09375.</summary>
    [Fact]
    public void NestedLogits_AtTheOrigin_HaveASlopeInXiAlone()
    {
        var (beta, alpha, xi) = new NestedLogits(8, 32, 5).Gradient(0, 0, 0);
        Assert.Equal((0.0, 0.0), (beta, alpha));
        Assert.Equal(-0.09375, xi, 12);
        Assert.Equal(0, new NestedLogits(8, 8, 5).Gradient(0, 0, 0).Xi, 12);
    }

    /// <summary>N = 2, L = 3, c = 1, β = ln 3, α = 4 ln 3/3: s = 3/4; with e^(αs) = 3, p = 3/4; ξ = 4 ln 2 gives e^(ξp) = 8, e^(ξ(1−p)) = 2 and Z = 8 + 2 + 1.</summary>
    [Fact]
    public void NestedLogits_AtAPlace_HaveTheLossWorkedByHand()
    {
        var loss = new NestedLogits(2, 3, 1);
        double beta = Math.Log(3), alpha = 4 * Math.Log(3) / 3;
        Assert.Equal(0.75, loss.Attention(beta, alpha), 12);
        Assert.Equal(8.0 / 11, loss.Right(beta, alpha, 4 * Math.Log(2)), 12);
    }
}
