namespace Attune.Reproductions.ModelAveraging;

/// <summary>Sizes of a run.</summary>
/// <param name="Concepts">|Z|.</param>
/// <param name="Covariates">|C|.</param>
/// <param name="Responses">|R|.</param>
/// <param name="Length">T: pairs in a sequence.</param>
/// <param name="Depths">Layers of the learners that see fresh sequences, ascending.</param>
/// <param name="Sets">Sequences in the fixed sets that learners of <paramref name="SetDepth"/> layers are trained on, ascending.</param>
/// <param name="Steps">Most training steps; training on a fixed set ends early.</param>
/// <param name="Exact">Sequences of exact averaging alone.</param>
/// <param name="Test">Sequences that errors are measured on.</param>
internal sealed record AveragingPlan(int Concepts, int Covariates, int Responses, int Length, int[] Depths, int[] Sets, int SetDepth, int Heads, int Width, int Batch, int Steps, double Rate, int Exact, int Test)
{
    /// <summary>Sequences that say when to stop.</summary>
    public const int Validation = 256;

    /// <summary>Looks without a better one after which the rate of a training on a fixed set falls and it ends.</summary>
    public const int Patience = 10;

    /// <summary>All learners of a seed: by depth on fresh sequences, then by set; the longest first, since runs are shared out in this order.</summary>
    public IReadOnlyList<LearnerSize> Learners => [.. Depths.Reverse().Select(d => new LearnerSize(d, 0)), .. Sets.Reverse().Select(s => new LearnerSize(SetDepth, s))];

    /// <summary>A training on a fixed set is looked at after every pass, and at least twenty times: small sets are learned by heart within a few.</summary>
    public int StepsBetweenLooks(LearnerSize size) => Math.Max(1, Math.Min(size.Sequences / Batch, Steps / 20));

    /// <summary>Tokens that a learner of <paramref name="size"/> has for training: of its set, or of all steps.</summary>
    public double Tokens(LearnerSize size) => 2.0 * Length * (size.Sequences == 0 ? (double)Steps * Batch : size.Sequences);
}
