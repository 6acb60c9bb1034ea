using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>An intervention on one linear map of the model: a delta beside the frozen weight, or another weight in its place.</summary>
public interface IWeightSite
{
    /// <summary>The map's output for <paramref name="x"/> [M, inputs] → [M, outputs]; <see cref="LinearModule.Base"/> gives the untouched one.</summary>
    /// <param name="sites">What else hangs on the model: the map's bias has a site of its own, which <see cref="LinearModule.Base"/> asks.</param>
    Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites);
}
