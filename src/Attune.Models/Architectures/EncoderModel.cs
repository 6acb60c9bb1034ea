using Attune.Models.Sites;

namespace Attune.Models.Architectures;

/// <summary>A model in which every token sees every other of its sequence.</summary>
public abstract class EncoderModel(ModuleBuilder modules) : TransformerModel(modules)
{
    private static readonly SiteKind[] AllSites = [SiteKind.Embeddings, SiteKind.KeysValues, SiteKind.Activations, SiteKind.Weights, SiteKind.Head];

    public override IReadOnlyList<SiteKind> Sites => AllSites;
}
