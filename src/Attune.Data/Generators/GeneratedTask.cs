using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>One task that a family drew.</summary>
/// <param name="labels">Two to eight names in this draw's order.</param>
/// <param name="text">Writes a row of a label, given by its place in the list.</param>
public sealed class GeneratedTask(IReadOnlyList<string> labels, Func<SeededRandom, int, string> text)
{
    /// <summary>The names of the labels as English would have them.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>A new row of the label at this place.</summary>
    public (string Text, string Label) Row(SeededRandom random, int label) => (text(random, label), labels[label]);
}
