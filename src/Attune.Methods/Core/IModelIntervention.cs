using Attune.Models;
using Attune.Models.Sites;

namespace Attune.Methods;

/// <summary>Sites embeddings to logits: hangs something on the model's forward pass.</summary>
public interface IModelIntervention
{
    /// <summary>Attaches to the sites. Throws an <see cref="Attune.Tensors.AttuneException"/> if the model does not fit.</summary>
    void Attach(SiteSet sites, LanguageModel model);
}
