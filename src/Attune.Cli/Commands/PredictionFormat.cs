namespace Attune.Cli.Commands;

/// <summary>How predictions are written.</summary>
internal enum PredictionFormat
{
    Jsonl,
    Csv,
}
