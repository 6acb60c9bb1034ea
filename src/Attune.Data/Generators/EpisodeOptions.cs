namespace Attune.Data.Generators;

/// <summary>What bounds and flavours the episodes that are drawn.</summary>
public sealed record EpisodeOptions
{
    /// <summary>An episode ends before the row that would make it longer than this many characters; two rows are always written.</summary>
    public int MaxCharacters { get; init; } = 1600;

    /// <summary>Most rows of an episode, demonstrations and query together.</summary>
    public int MaxRows { get; init; } = 49;

    /// <summary>Share of episodes that fill the whole room, instead of 1 to 40 demonstrations.</summary>
    public double FullShare { get; init; } = 0.3;

    /// <summary>Share of episodes written by the template that Attune uses where a task brings none.</summary>
    public double DefaultTemplateShare { get; init; } = 0.5;

    /// <summary>Share of episodes whose labels keep the names that say what they mean.</summary>
    public double NaturalLabelShare { get; init; } = 0.4;

    /// <summary>Share of episodes whose natural names are exchanged among the labels, so that only demonstrations tell.</summary>
    public double ExchangedLabelShare { get; init; } = 0.08;

    /// <summary>Share of episodes in which 5 to 10% of the labels shown are wrong.</summary>
    public double NoiseShare { get; init; } = 0.1;

    /// <summary>Share of episodes in which rows repeat earlier rows, word by word or nearly.</summary>
    public double CopyShare { get; init; } = 0.15;

    /// <summary>Share of episodes in which some labels are more frequent than others.</summary>
    public double SkewShare { get; init; } = 0.35;

    /// <summary>Share of episodes whose demonstrations stand label by label.</summary>
    public double BlockShare { get; init; } = 0.05;
}
