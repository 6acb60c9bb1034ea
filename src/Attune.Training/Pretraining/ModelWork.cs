using Attune.Models.Architectures;
using Attune.Models.Sites;

namespace Attune.Training.Pretraining;

/// <summary>Float operations that training needs for the model's own sake: what is computed again, the optimizer, norms and the loss do not count.</summary>
internal sealed class ModelWork
{
    private readonly double ofToken, ofPair;

    /// <summary>
    /// Forward and backward, 6 for each weight of a map and token (a mixture of experts counts them all), and for each pair of tokens of which one attends to the other 12 for each
    /// dimension of all heads and layer.
    /// </summary>
    public ModelWork(CausalLanguageModel model)
    {
        ofToken = 6.0 * model.Linears.Sum(l => (double)l.Inputs * l.Outputs);
        ofPair = model.Sites.Contains(SiteKind.KeysValues) ? 12.0 * model.CacheLayers * model.Attention.Heads * model.Attention.HeadDim : 0;
    }

    public double Of(PackedStep step) => ofToken * step.Tokens + ofPair * step.Pairs;
}
