using Attune.Methods.Head;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Cli.Bench;

/// <summary>Every linear map and every norm trained in float32, with loss on one label a sequence; token embeddings and head stay.</summary>
internal sealed class FullTuningWork(LanguageModel model, BenchSizes sizes, ulong seed) : TrainingWork(model, sizes, seed, everyToken: false, passes: 3)
{
    public override string Name => "full";

    public override string Title => $"full {Step}";

    protected override (SiteSet Sites, IReadOnlyList<Parameter> Parameters) Start(SeededRandom random)
    {
        var weights = EncoderWeights.CopyOf(Model.Transformer);
        return (weights.Attach(Model.Transformer), weights.All);
    }
}
