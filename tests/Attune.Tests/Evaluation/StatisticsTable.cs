using System.Text.Json;
using Attune.Evaluation.Statistics;

namespace Attune.Tests.Evaluation;

/// <summary>The statistics of the goldens, by name.</summary>
internal static class StatisticsTable
{
    public static readonly Dictionary<string, Func<JsonElement, object>> Functions = new(StringComparer.Ordinal)
    {
        ["paired_t_test"] = i => TTest(PairedT.Test(i.Numbers("a"), i.Numbers("b"), Against(i))),
        ["paired_interval"] = i => Pair(PairedT.Interval(i.Numbers("a"), i.Numbers("b"), i.Number("level"))),
        ["wilcoxon_exact"] = i => Signed(Wilcoxon.Exact(i.Numbers("a"), i.Numbers("b"), Against(i))),
        ["wilcoxon_approximate"] = i => Signed(Wilcoxon.Approximate(i.Numbers("a"), i.Numbers("b"), Against(i), i.Flag("correction"))),
        ["cohen_d_paired"] = i => EffectSize.CohenPaired(i.Numbers("a"), i.Numbers("b")),
        ["cohen_d_independent"] = i => EffectSize.CohenIndependent(i.Numbers("a"), i.Numbers("b")),
        ["sign_test"] = i => PairedCounts.SignTest(i.Numbers("a"), i.Numbers("b")),
        ["mcnemar_exact"] = i => PairedCounts.McNemarExact(i.Whole("only_a_right"), i.Whole("only_b_right")),
        ["mcnemar_chi2"] = i => ChiSquared(PairedCounts.McNemarChiSquared(i.Whole("only_a_right"), i.Whole("only_b_right"), i.Flag("correction"))),
        ["bootstrap_percentile"] = i => Pair(Bootstrap.Percentile(i.Numbers("values"), i.WholeRows("indices"), i.Number("level"))),
        ["bootstrap_bca"] = i => Bca(Bootstrap.Bca(i.Numbers("values"), i.WholeRows("indices"), i.Number("level"))),
        ["permutation_sign_flip"] = i => SignFlip.Test(i.Numbers("values"), i.WholeRows("signs")),
        ["holm"] = i => MultipleComparisons.Holm(i.Numbers("p")),
        ["benjamini_hochberg"] = i => MultipleComparisons.BenjaminiHochberg(i.Numbers("p")),
        ["clopper_pearson"] = i => Pair(Proportions.ClopperPearson(i.Whole("successes"), i.Whole("trials"), i.Number("level"))),
        ["wilson"] = i => Pair(Proportions.Wilson(i.Whole("successes"), i.Whole("trials"), i.Number("level"))),
        ["wilson_continuity"] = i => Pair(Proportions.WilsonContinuity(i.Whole("successes"), i.Whole("trials"), i.Number("level"))),
        ["normal_cdf"] = i => i.At("x", NormalDistribution.Cdf),
        ["normal_survival"] = i => i.At("x", NormalDistribution.Survival),
        ["normal_quantile"] = i => i.At("q", NormalDistribution.Quantile),
        ["t_cdf"] = i => i.At("x", x => StudentDistribution.Cdf(x, i.Number("df"))),
        ["t_quantile"] = i => i.At("q", q => StudentDistribution.Quantile(q, i.Number("df"))),
        ["beta_cdf"] = i => i.At("x", x => BetaDistribution.Cdf(x, i.Number("a"), i.Number("b"))),
        ["beta_quantile"] = i => i.At("q", q => BetaDistribution.Quantile(q, i.Number("a"), i.Number("b"))),
        ["binomial_cdf"] = i => i.At("k", k => BinomialDistribution.Cdf((int)k, i.Whole("n"), i.Number("p"))),
        ["binomial_pmf"] = i => i.At("k", k => BinomialDistribution.Pmf((int)k, i.Whole("n"), i.Number("p"))),
        ["binomial_quantile"] = i => Array.ConvertAll(i.Numbers("q"), q => BinomialDistribution.Quantile(q, i.Whole("n"), i.Number("p"))),
        ["chi2_cdf"] = i => i.At("x", x => ChiSquaredDistribution.Cdf(x, i.Number("df"))),
        ["chi2_survival"] = i => i.At("x", x => ChiSquaredDistribution.Survival(x, i.Number("df"))),
        ["chi2_quantile"] = i => i.At("q", q => ChiSquaredDistribution.Quantile(q, i.Number("df"))),
        ["log_gamma"] = i => i.At("x", SpecialFunctions.LogGamma),
        ["digamma"] = i => i.At("x", SpecialFunctions.Digamma),
        ["erf"] = i => i.At("x", SpecialFunctions.Erf),
        ["erfc"] = i => i.At("x", SpecialFunctions.Erfc),
        ["erf_inverse"] = i => i.At("x", SpecialFunctions.ErfInverse),
    };

    private static Alternative Against(JsonElement input) => input.Text("alternative") switch
    {
        "greater" => Alternative.Greater,
        "less" => Alternative.Less,
        _ => Alternative.TwoSided,
    };

    private static double[] Pair(Interval interval) => [interval.Low, interval.High];

    private static Dictionary<string, object> TTest(TestResult result) =>
        new() { ["t"] = result.Statistic, ["p"] = result.P, ["df"] = (int)result.DegreesOfFreedom };

    private static Dictionary<string, object> Signed(TestResult result) => new() { ["statistic"] = result.Statistic, ["p"] = result.P };

    private static Dictionary<string, object> ChiSquared(TestResult result) => new() { ["chi2"] = result.Statistic, ["p"] = result.P };

    private static Dictionary<string, object> Bca(BcaInterval result) =>
        new() { ["interval"] = Pair(result.Interval), ["z0"] = result.Z0, ["acceleration"] = result.Acceleration };
}
