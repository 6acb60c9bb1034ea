namespace Attune.Methods.Head;

/// <summary>Size of a reasoner and how it is trained; the defaults are those of the reasoner that is shipped, but for its rate of 0.003.</summary>
public sealed record TartPlan
{
    /// <summary>d: numbers of a point.</summary>
    public int Dimensions { get; init; } = 8;

    /// <summary>Pairs that a sequence may hold, the query among them: at most Pairs − 1 labelled points.</summary>
    public int Pairs { get; init; } = 66;

    public int Layers { get; init; } = 3;

    public int Heads { get; init; } = 4;

    public int Width { get; init; } = 64;

    /// <summary>Tasks in a step.</summary>
    public int Batch { get; init; } = 64;

    public int Steps { get; init; } = 2400;

    /// <summary>Adam's highest rate; it rises over the first twentieth of the steps and falls to 0 along a cosine.</summary>
    public double Rate { get; init; } = 2e-3;

    /// <summary>α: the logits of a task are α·w·x, so a larger α makes cleaner labels.</summary>
    public double Cleanness { get; init; } = 10;

    /// <summary>Each task draws its own α from 1, 2, …, <see cref="Cleanness"/> (variable_noise in the authors' code); otherwise all have the largest.</summary>
    public bool VariesCleanness { get; init; } = true;

    /// <summary>Share of the steps over which pairs and coordinates grow from the first to all of them.</summary>
    public double CurriculumShare { get; init; } = 0.5;

    /// <summary>Pairs and coordinates of the first step.</summary>
    public int FirstPairs { get; init; } = 10;

    public int FirstDimensions { get; init; } = 2;

    /// <summary>Pairs at a step, from 0.</summary>
    internal int PairsAt(int step) => Grown(step, FirstPairs, Pairs);

    /// <summary>Coordinates that are not zero at a step, from 0.</summary>
    internal int DimensionsAt(int step) => Grown(step, FirstDimensions, Dimensions);

    private int Grown(int step, int first, int last)
    {
        var grown = Steps * CurriculumShare;
        return first >= last || grown <= 0 || step >= grown ? last : first + (int)((last - first + 1) * (step / grown));
    }
}
