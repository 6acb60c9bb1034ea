using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>A method at the budget at which it did best.</summary>
/// <param name="Rank">Its place in the table, from 1.</param>
/// <param name="Seeds">Its predictions, by seed in ascending order.</param>
internal sealed record MethodView(SummaryRow Row, int Rank, IReadOnlyList<(int Seed, IReadOnlyList<RowPrediction> Rows)> Seeds)
{
    /// <summary>The predictions of all seeds together.</summary>
    public IEnumerable<RowPrediction> Rows => Seeds.SelectMany(s => s.Rows);

    /// <summary>"lora, 16 shots".</summary>
    public string Title => Name(Row);

    public static string Name(SummaryRow row) => row.Shots == "0" ? row.Method : $"{row.Method}, {row.Shots} {(row.Shots == "1" ? "shot" : "shots")}";
}
