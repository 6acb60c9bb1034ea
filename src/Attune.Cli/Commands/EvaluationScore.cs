namespace Attune.Cli.Commands;

/// <summary>A metric with its 95% interval over rows; without one where resampling rows does not make sense of it.</summary>
internal sealed record EvaluationScore(string Name, double Value, double? Low = null, double? High = null);
