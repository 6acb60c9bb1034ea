using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Attune.Training.Pretraining;

/// <summary>The course of a training: at most some hundred points of the steps, and every evaluation.</summary>
public sealed class TrainingCurves
{
    private const int MostPoints = 500;

    private static readonly JsonSerializerOptions Format = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly int stepsOfPoint;
    private readonly List<CurvePoint> points = [];
    private readonly List<EvaluationPoint> evaluations = [];
    private double loss, labelLoss, norm, lastRate;
    private int steps, labelSteps, lastStep;

    public TrainingCurves(int allSteps) => stepsOfPoint = Math.Max(1, (allSteps + MostPoints - 1) / MostPoints);

    /// <summary>The last is of fewer steps where a training ends between two.</summary>
    public IReadOnlyList<CurvePoint> Points => steps == 0 ? points : [.. points, Begun()];

    public IReadOnlyList<EvaluationPoint> Evaluations => evaluations;

    /// <summary>The last evaluation; null before the first.</summary>
    public EvaluationPoint? Last => evaluations.Count > 0 ? evaluations[^1] : null;

    public void Add(int step, double stepLoss, double stepLabelLoss, double stepNorm, double rate)
    {
        (loss, norm, steps, lastStep, lastRate) = (loss + stepLoss, norm + stepNorm, steps + 1, step, rate);
        if (!double.IsNaN(stepLabelLoss))
            (labelLoss, labelSteps) = (labelLoss + stepLabelLoss, labelSteps + 1);
        if (steps < stepsOfPoint)
            return;
        points.Add(Begun());
        (loss, labelLoss, norm, steps, labelSteps) = (0, 0, 0, 0, 0);
    }

    public void Add(EvaluationPoint evaluation)
    {
        evaluations.RemoveAll(e => e.Step == evaluation.Step);
        evaluations.Add(evaluation);
    }

    public JsonObject ToJson() => new()
    {
        ["points"] = JsonSerializer.SerializeToNode(points, Format), ["evaluations"] = JsonSerializer.SerializeToNode(evaluations, Format),
        ["begun"] = JsonSerializer.SerializeToNode(new[] { loss, labelLoss, norm, steps, labelSteps, lastStep, lastRate }, Format),
    };

    internal void Resume(JsonObject json)
    {
        points.AddRange(json["points"].Deserialize<List<CurvePoint>>(Format)!);
        evaluations.AddRange(json["evaluations"].Deserialize<List<EvaluationPoint>>(Format)!);
        var begun = json["begun"].Deserialize<double[]>(Format)!;
        (loss, labelLoss, norm, steps, labelSteps) = (begun[0], begun[1], begun[2], (int)begun[3], (int)begun[4]);
        // Checkpoints of earlier versions lack these two; the next step sets them.
        if (begun.Length > 6)
            (lastStep, lastRate) = ((int)begun[5], begun[6]);
    }

    private CurvePoint Begun() => new(lastStep, loss / steps, labelSteps == 0 ? double.NaN : labelLoss / labelSteps, norm / steps, lastRate);
}
