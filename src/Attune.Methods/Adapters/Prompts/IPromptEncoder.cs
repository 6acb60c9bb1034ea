using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>A small network that makes a prompt's vectors.</summary>
internal interface IPromptEncoder
{
    /// <summary>[tokens, in] → [tokens, out].</summary>
    Tensor Apply(Graph graph, Tensor x);
}
