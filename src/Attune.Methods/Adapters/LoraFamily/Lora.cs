using Attune.Models.Sites;

namespace Attune.Methods.Adapters;

/// <summary>
/// Low-rank adaptation (Hu et al. 2022): W + (α/r)·B·A beside frozen maps, A uniform in ±1/√in, B zero. As a kind it reads all that PEFT calls LORA: rank-stabilised,
/// DoRA, PiSSA, OLoRA, KaSA, activated and block-diagonal adapters, embeddings and trained tokens (<see cref="LoraReader"/>).
/// </summary>
public sealed class Lora : LoraMethod<LoraOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "lora",
        Summary = "Trains low-rank deltas beside frozen matrices on the labelled rows.",
        Paper = "Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, ICLR 2022",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Set = MethodSet.Standard,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public PeftAdapter Read(AdapterReader reader) => new LoraReader(reader).Read();
}
