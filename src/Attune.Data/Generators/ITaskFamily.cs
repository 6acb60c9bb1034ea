using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>
/// A family of labelled tasks made by rule: one draw is one task, with its own labels and its own source of rows. Every implementation with
/// a constructor without parameters is found by being there. Families hold no state that changes, so any thread may draw.
/// </summary>
public interface ITaskFamily
{
    /// <summary>Unique among all families, in lower case: "first-letter".</summary>
    string Name { get; }

    /// <summary>What decides the label: topic, intent, sentiment, style, format, string, number, names, relation or nonce.</summary>
    string Kind { get; }

    /// <summary>One sentence for people.</summary>
    string Summary { get; }

    /// <summary>Whether the family is kept from training, to measure on.</summary>
    bool HeldOut { get; }

    /// <summary>How often an episode draws the family, against 1 for most.</summary>
    double Weight => 1;

    /// <summary>A task, as a function of the numbers drawn alone.</summary>
    GeneratedTask Draw(SeededRandom random);
}
