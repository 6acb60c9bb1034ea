using Attune.Models.Sites;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// OFT's constrained form (Qiu et al. 2023, section 3.4): skew matrices further than ε from zero are drawn back to that distance before they are used, each row of the
/// parameters being the upper triangle of one.
/// </summary>
internal sealed class OftAdapter(AdapterReader reader, IReadOnlyList<Parameter> rotations, double epsilon) : PeftAdapter(reader)
{
    public override void Attach(SiteSet sites)
    {
        BeforeStep();
        base.Attach(sites);
    }

    public override void Fix()
    {
        BeforeStep();
        base.Fix();
    }

    public override MergedWeights Merge()
    {
        BeforeStep();
        return base.Merge();
    }

    public override void BeforeStep()
    {
        foreach (var rotation in rotations)
        {
            // The parameters of all blocks share the bound.
            var bound = epsilon / Math.Sqrt(rotation.Rows);
            for (var row = 0; row < rotation.Rows; row++)
                Shorten(rotation.Value[row], bound);
        }
    }

    /// <summary>Every element stands in the skew matrix twice.</summary>
    private static void Shorten(Span<float> triangle, double bound)
    {
        var sum = 0.0;
        foreach (var value in triangle)
            sum += 2.0 * value * value;
        if (Math.Sqrt(sum) <= bound)
            return;
        var factor = (float)(bound / Math.Sqrt(sum));
        foreach (ref var value in triangle)
            value *= factor;
    }
}
