namespace Attune.Evaluation.Comparison;

/// <summary>What summary.json holds.</summary>
public sealed record Summary
{
    public required string Task { get; init; }
    public required string Model { get; init; }
    public required string Encoder { get; init; }
    public required string Precision { get; init; }

    /// <summary>"accuracy", "macro-f1" or "nll".</summary>
    public required string Objective { get; init; }
    public required string Baseline { get; init; }

    /// <summary>Best first.</summary>
    public required IReadOnlyList<SummaryRow> Rows { get; init; }

    /// <summary>Method and budget of the winner, chosen on one half of the test rows; its score on the other half and on all.</summary>
    public string Winner { get; init; } = "";
    public string WinnerShots { get; init; } = "";
    public double WinnerHeldOut { get; init; }
    public double WinnerFull { get; init; }

    /// <summary>Cells that were not applicable, failed or were not run: (method, shots, seed, why).</summary>
    public IReadOnlyList<CellResult> LeftOut { get; init; } = [];

    /// <summary>Sentences for a person: few seeds, mixed kernels, what the budget left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Seconds of fitting and predicting over all cells, whichever call computed them.</summary>
    public double Seconds { get; init; }
    public string DataHash { get; init; } = "";
    public string ModelHash { get; init; } = "";
    public string EncoderHash { get; init; } = "";
    public string Identity { get; init; } = "";
    public string Version { get; init; } = "";
    public string Processor { get; init; } = "";
    public int Threads { get; init; }
}
