using Attune.Models.Sites;

namespace Attune.Methods.Prompt;

/// <summary>Options of <see cref="ZeroShot"/>: there are none.</summary>
public sealed record ZeroShotOptions : MethodOptions;

/// <summary>
/// The model as it is: the template with the input, and the label whose words are likeliest behind it (Brown et al. 2020, section 2.1).
/// </summary>
public sealed class ZeroShot : Method<ZeroShotOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "zero-shot",
        Summary = "The model as it is: the likeliest label words behind the template with the input.",
        Paper = "Brown et al., Language Models are Few-Shot Learners, NeurIPS 2020 (section 2.1)",
        Site = SiteKind.Prompt,
        View = ModelView.Text,
        UsesRows = false,
        Set = MethodSet.Quick,
        Cost = "nothing to fit; one short prompt per query",
    };

    protected override Adaptation Fit(FitContext context, ZeroShotOptions options)
    {
        context.RequireModel(Card.Name);
        return context.Of(this, options);
    }
}
