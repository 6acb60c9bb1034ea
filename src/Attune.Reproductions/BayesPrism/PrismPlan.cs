namespace Attune.Reproductions.BayesPrism;

/// <summary>Sizes of a run.</summary>
/// <param name="Families">What a learner each is trained on.</param>
/// <param name="Points">Pairs in a sequence.</param>
/// <param name="Steps">Training steps; Fourier's families take two and a half times as many.</param>
/// <param name="Test">Fresh functions that errors are measured on.</param>
/// <param name="Prompts">Functions whose spectra are read.</param>
internal sealed record PrismPlan(IReadOnlyList<PrismTask> Families, int Points, int Layers, int Heads, int Width, int Batch, int Steps, double Rate, int Test, int Prompts)
{
    /// <summary>σ² of all families, E f² being 1.</summary>
    public const double Noise = 0.1;

    /// <summary>The highest frequency of Fourier's families.</summary>
    public const int Frequencies = 3;

    /// <summary>After how many points spectra are read.</summary>
    public static readonly int[] Shots = [2, 4, 8];

    /// <summary>Those of them that claims are about: with more points predictions come near to the function, whatever the mix.</summary>
    public static int[] DecidedShots => Shots[..^1];

    public int StepsOf(PrismTask task) => task.Claim == PrismTask.Fourier ? 5 * Steps / 2 : Steps;
}
