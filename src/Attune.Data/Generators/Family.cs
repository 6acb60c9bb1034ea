using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>What every family says of itself.</summary>
internal abstract class Family(string name, string kind, string summary, bool heldOut = false, double weight = 1) : ITaskFamily
{
    public string Name => name;

    public string Kind => kind;

    public string Summary => summary;

    public bool HeldOut => heldOut;

    public double Weight => weight;

    public abstract GeneratedTask Draw(SeededRandom random);

    /// <summary>A task whose rows are typed in one manner.</summary>
    protected static GeneratedTask Typed(SeededRandom random, IReadOnlyList<string> labels, Func<SeededRandom, int, string> text)
    {
        var surface = Surface.Draw(random);
        return new GeneratedTask(labels, (r, label) => surface.Apply(text(r, label), r));
    }
}
