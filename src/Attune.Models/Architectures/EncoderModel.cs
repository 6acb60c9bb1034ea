using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;

namespace Attune.Models.Architectures;

/// <summary>A model in which every token sees every other of its sequence.</summary>
public abstract class EncoderModel(ModuleBuilder modules) : TransformerModel(modules)
{
    private static readonly SiteKind[] AllSites = [SiteKind.Embeddings, SiteKind.KeysValues, SiteKind.Activations, SiteKind.Weights, SiteKind.Head];

    /// <summary>The state of a whole sequence as the model's class has it, such as BERT's tanh over the first token's; null: it has none.</summary>
    public HeadModule? Pooler { get; init; }

    /// <summary>What the checkpoint's class computes from the states: a <see cref="MaskedTokenHead"/>, a <see cref="LabelHead"/>, a <see cref="DiscriminatorHead"/>; null: nothing.</summary>
    public HeadModule? Head { get; init; }

    public override IReadOnlyList<SiteKind> Sites => AllSites;
}
