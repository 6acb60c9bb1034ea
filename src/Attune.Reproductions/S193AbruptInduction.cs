using Attune.Reproductions.InductionHeads;

namespace Attune.Reproductions;

/// <summary>S193: how an induction head comes about all at once, and what of the data decides between learning in context and learning in weights.</summary>
public sealed class S193AbruptInduction : IReproduction
{
    public ReproductionCard Card { get; } = new()
    {
        Id = "S193",
        Title = "Abrupt learning of induction heads",
        Paper = "G. Reddy, The mechanistic basis of data dependence and abrupt learning in an in-context classification task, ICLR 2024, arXiv 2312.03002",
        DoneWhen = "A net of two attention layers with dials for burstiness, number of classes and skew: in-context accuracy jumps when its induction head sets in, and a model with two numbers in the place of its attention, whose classifier is trained, redraws the map of in-context against in-weights learning.",
        Setting = "Plain SGD on batches of 128. Small: 4 items, 16 labels, 31 dimensions, rate 0.1, 4,000 steps on novel classes and for each cell of K = 32, 64, 128, 256, 512, 1024 by B = 1, 2 (with B = 4 a context would hold one class, whose label is right for any net) and one skewed cell, for both models; it shows jump, head and map on sequences of 9 tokens, not the paper's times, nor its dials of noise and of mixed sequences. Full: the paper's 8 items, 32 labels, 63 dimensions, rate 0.01 and 100,000 steps, skews 1 and 1.5.",
        Claims = InductionVerdicts.Claims,
        Minutes = new(0.1, 8, 500),
        Seeds = 5,
    };

    public void Run(ReproductionContext context)
    {
        var scale = context.At(InductionScale.Smoke, InductionScale.Small, InductionScale.Full);
        context.Settings("scale", scale);
        Check(context);
        var grid = InductionGrid.Train(scale, context.Seeds, context.Random, share => context.Progress(share, "training"), context.Cancel);
        new InductionVerdicts(context, grid).Decide();
        InductionExhibits.Add(context, grid);
    }

    /// <summary>In the paper's sizes at any scale, since nothing is trained.</summary>
    private static void Check(ReproductionContext context)
    {
        var (setting, random) = (new BurstSetting(), context.Random(0, "checks"));
        context.Check("a head set by hand reads the right label", InductionChecks.HandSetErrors(setting, random), 0.05);
        context.Check("a label of the context by chance is right 1/N of the time", InductionChecks.UniformChoice(setting, random), 1e-12);
        context.Check("the same choice gives labels of the context all probability", InductionChecks.UniformContextLabels(setting, random), 1e-5);
        context.Check("turning the pairs around does not move what a head set by hand reads", InductionChecks.Permutation(setting, random), 1e-4);
        context.Check("nested logits at the origin: only ξ has a slope, −(1/N − 1/L)", InductionChecks.OriginGradient(8, 32), 1e-12);
        context.Check("nested logits at the origin are flat for L = N", InductionChecks.OriginGradient(8, 8), 1e-12);
        context.Check("gradient of the nested logits", InductionChecks.NestedGradient(random), 1e-8);
    }
}
