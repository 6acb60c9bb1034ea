namespace Attune.Reproductions.InductionHeads;

/// <summary>
/// The phenomenological loss of an induction head, three logits one inside the other: s = e^β/(e^β + c), the attention of a label to its item; p = e^(αs)/(e^(αs) + N − 1), the
/// attention of the target to the right label; loss = −ln[e^(ξp)/Z], Z = e^(ξp) + (N−1)e^(ξ(1−p)/(N−1)) + (L − N). The paper's, as far as its text describes it.
/// </summary>
/// <param name="Items">N.</param>
/// <param name="Labels">L ≥ N.</param>
/// <param name="Others">c: how many other tokens a label sees.</param>
public sealed record NestedLogits(int Items, int Labels, double Others)
{
    public double Loss(double beta, double alpha, double xi)
    {
        var p = Attention(beta, alpha);
        return Math.Log(Sum(p, xi)) - xi * p;
    }

    /// <summary>p.</summary>
    public double Attention(double beta, double alpha)
    {
        var s = Math.Exp(beta) / (Math.Exp(beta) + Others);
        return Math.Exp(alpha * s) / (Math.Exp(alpha * s) + Items - 1);
    }

    /// <summary>e^(ξp)/Z: the probability of the right label.</summary>
    public double Right(double beta, double alpha, double xi) => Math.Exp(-Loss(beta, alpha, xi));

    public (double Beta, double Alpha, double Xi) Gradient(double beta, double alpha, double xi)
    {
        var s = Math.Exp(beta) / (Math.Exp(beta) + Others);
        var p = Attention(beta, alpha);
        double right = Math.Exp(xi * p), wrong = Math.Exp(xi * (1 - p) / (Items - 1)), sum = Sum(p, xi);
        var byXi = (p * right + (1 - p) * wrong) / sum - p;
        var byP = xi * (right - wrong) / sum - xi;
        return (byP * p * (1 - p) * alpha * s * (1 - s), byP * p * (1 - p) * s, byXi);
    }

    /// <summary>Gradient flow by Euler's steps from three equal small logits; the state after each.</summary>
    public IEnumerable<(double Time, double Beta, double Alpha, double Xi)> Flow(double start, double step, int steps)
    {
        var (beta, alpha, xi) = (start, start, start);
        for (var i = 0; i <= steps; i++)
        {
            yield return (i * step, beta, alpha, xi);
            var g = Gradient(beta, alpha, xi);
            (beta, alpha, xi) = (beta - step * g.Beta, alpha - step * g.Alpha, xi - step * g.Xi);
        }
    }

    private double Sum(double p, double xi) => Math.Exp(xi * p) + (Items - 1) * Math.Exp(xi * (1 - p) / (Items - 1)) + (Labels - Items);
}
