using System.Text.Json;
using Attune.Evaluation.Metrics;

namespace Attune.Tests.Evaluation;

/// <summary>Classification, probabilities, numbers, rankings and perplexity of the goldens, by name.</summary>
internal static class PredictionTable
{
    public static readonly Dictionary<string, Func<JsonElement, object>> Functions = new(StringComparer.Ordinal)
    {
        ["accuracy"] = i => ClassificationMetrics.Accuracy(Matrix(i)),
        ["balanced_accuracy"] = i => ClassificationMetrics.BalancedAccuracy(Matrix(i)),
        ["mcc"] = i => ClassificationMetrics.Matthews(Matrix(i)),
        ["cohen_kappa"] = i => ClassificationMetrics.CohenKappa(Matrix(i)),
        ["confusion_matrix"] = i => Cells(Matrix(i)),
        ["precision_recall_f1_micro"] = i => Scores(ClassificationMetrics.Micro(Matrix(i), Zero(i))),
        ["precision_recall_f1_macro"] = i => Scores(ClassificationMetrics.Macro(Matrix(i), Zero(i))),
        ["precision_recall_f1_weighted"] = i => Scores(ClassificationMetrics.Weighted(Matrix(i), Zero(i))),
        ["precision_recall_f1_per_class"] = i => Columns(ClassificationMetrics.PerClass(Matrix(i), Zero(i))),
        ["auroc"] = i => ProbabilityMetrics.Auroc(i.Numbers("probability"), i.Flags("gold")),
        ["average_precision"] = i => ProbabilityMetrics.AveragePrecision(i.Numbers("probability"), i.Flags("gold")),
        ["log_loss"] = i => ProbabilityMetrics.LogLoss(i.Numbers("probability"), i.Flags("gold")),
        ["brier_binary"] = i => ProbabilityMetrics.Brier(i.Numbers("probability"), i.Flags("gold")),
        ["ece"] = i => Calibration.ExpectedError(i.Numbers("confidence"), i.Flags("correct"), i.Whole("bins")),
        ["mce"] = i => Calibration.MaximumError(i.Numbers("confidence"), i.Flags("correct"), i.Whole("bins")),
        ["ece_adaptive"] = i => Calibration.AdaptiveError(i.Numbers("confidence"), i.Flags("correct"), i.Whole("bins")),
        ["auroc_macro_ovr"] = i => ProbabilityMetrics.AurocMacro(i.NumberRows("probabilities"), i.Wholes("gold")),
        ["brier_multiclass"] = i => ProbabilityMetrics.BrierOfClasses(i.NumberRows("probabilities"), i.Wholes("gold")),
        ["log_loss_multiclass"] = i => ProbabilityMetrics.LogLossOfClasses(i.NumberRows("probabilities"), i.Wholes("gold")),
        ["ece_multiclass"] = i => OfLargest(i, (confidence, right, bins) => Calibration.ExpectedError(confidence, right, bins)),
        ["mce_multiclass"] = i => OfLargest(i, (confidence, right, bins) => Calibration.MaximumError(confidence, right, bins)),
        ["pearson"] = i => Correlation.Pearson(i.Numbers("gold"), i.Numbers("predicted")),
        ["spearman"] = i => Correlation.Spearman(i.Numbers("gold"), i.Numbers("predicted")),
        ["kendall_tau_b"] = i => Correlation.KendallTauB(i.Numbers("gold"), i.Numbers("predicted")),
        ["r2"] = i => RegressionMetrics.R2(i.Numbers("gold"), i.Numbers("predicted")),
        ["mse"] = i => RegressionMetrics.MeanSquared(i.Numbers("gold"), i.Numbers("predicted")),
        ["mae"] = i => RegressionMetrics.MeanAbsolute(i.Numbers("gold"), i.Numbers("predicted")),
        ["ranking"] = Ranking,
        ["pass_at_k"] = i => LanguageModelMetrics.PassAtK(i.Whole("n"), i.Whole("correct"), i.Whole("k")),
        ["perplexity"] = i => LanguageModelMetrics.Perplexity(i.Numbers("token_log_probabilities")),
        ["bits_per_byte"] = i => LanguageModelMetrics.BitsPerByte(i.Numbers("token_log_probabilities"), i.Whole("bytes")),
    };

    private static ConfusionMatrix Matrix(JsonElement input) => ConfusionMatrix.OfLabels(
        input.Texts("gold"), input.Texts("predicted"), input.TryGetProperty("labels", out _) ? input.Texts("labels") : null);

    private static double Zero(JsonElement input) => input.TryGetProperty("zero_division", out var zero) ? zero.GetDouble() : 0;

    private static int[][] Cells(ConfusionMatrix matrix) => Enumerable.Range(0, matrix.Classes)
        .Select(gold => Enumerable.Range(0, matrix.Classes).Select(predicted => matrix[gold, predicted]).ToArray()).ToArray();

    private static Dictionary<string, object> Scores(ClassScores scores) =>
        new() { ["precision"] = scores.Precision, ["recall"] = scores.Recall, ["f1"] = scores.F1 };

    private static Dictionary<string, object> Columns(ClassScores[] scores) => new()
    {
        ["precision"] = scores.Select(s => s.Precision).ToArray(),
        ["recall"] = scores.Select(s => s.Recall).ToArray(),
        ["f1"] = scores.Select(s => s.F1).ToArray(),
        ["support"] = scores.Select(s => s.Support).ToArray(),
    };

    private static double OfLargest(JsonElement input, Func<double[], bool[], int, double> error)
    {
        var (confidence, right) = ProbabilityMetrics.Confidences(input.NumberRows("probabilities"), input.Wholes("gold"));
        return error(confidence, right, input.TryGetProperty("bins", out var bins) ? bins.GetInt32() : Calibration.DefaultBins);
    }

    private static Dictionary<string, object> Ranking(JsonElement input)
    {
        var (grades, relevant, k) = (input.Numbers("grades"), input.Numbers("relevant"), input.Whole("k"));
        return new()
        {
            ["ndcg_linear"] = RankingMetrics.NdcgLinear(grades, relevant, k),
            ["ndcg_exponential"] = RankingMetrics.NdcgExponential(grades, relevant, k),
            ["recall"] = RankingMetrics.Recall(grades, relevant, k),
            ["precision"] = RankingMetrics.Precision(grades, relevant, k),
            ["reciprocal_rank"] = RankingMetrics.ReciprocalRank(grades, relevant),
            ["average_precision"] = RankingMetrics.AveragePrecision(grades, relevant),
        };
    }
}
