namespace Attune.Tensors.Kernels;

/// <summary>Where 16 rows of a panel after another stand: <see cref="Step"/> apart in one place, or at that offset in pages.</summary>
internal readonly unsafe struct PanelRun
{
    public PanelRun(float* first, long step)
    {
        First = first;
        Step = step;
    }

    public PanelRun(float** pages, long offset)
    {
        Pages = pages;
        Step = offset;
    }

    private readonly float** Pages;
    private readonly float* First;
    private readonly long Step;

    public float* At(int chunk) => Pages is null ? First + chunk * Step : Pages[chunk] + Step;
}
