namespace Attune.Training.Pretraining;

/// <summary>What the owner of a model says of it.</summary>
public sealed record ModelCardText
{
    /// <summary>An SPDX identifier, as the head of the card has it.</summary>
    public string? Licence { get; init; }

    /// <summary>ISO 639 code.</summary>
    public string? Language { get; init; }

    public string Description { get; init; } = "";

    /// <summary>What the data are and who may use them, by name of the source.</summary>
    public IReadOnlyDictionary<string, string> DataLicences { get; init; } = new Dictionary<string, string>();

    /// <summary>What the model cannot do.</summary>
    public string Limits { get; init; } = "";
}
