namespace Attune.Methods;

/// <summary>An intervention that adds directions to hidden states, as a control vector file holds them.</summary>
public interface IControlVector
{
    /// <summary>Block (from 1) → what is added to the hidden state after it, at scale 1.</summary>
    IReadOnlyDictionary<int, float[]> Directions { get; }

    /// <summary>What the file cannot say, for a person; null: it says all.</summary>
    string? Lost { get; }
}
