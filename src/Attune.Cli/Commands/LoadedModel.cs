using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;

namespace Attune.Cli.Commands;

/// <summary>The bare model of a path, loaded whatever its kind.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly IDisposable owner;

    private LoadedModel(IDisposable owner, TransformerModel transformer) => (this.owner, Transformer) = (owner, transformer);

    public TransformerModel Transformer { get; }

    /// <summary>What files leave open is as in the goldens of transformers.</summary>
    /// <exception cref="Attune.Tensors.AttuneException">The architecture is not known, or tensors are missing, left over or misshapen.</exception>
    public static LoadedModel Open(string path)
    {
        if (Directory.Exists(path))
        {
            var transformer = ModelLoader.LoadTransformer(path, new ModelOptions { RopeLength = RopeLength.Batch, FalconBiasTwice = true });
            return new LoadedModel(transformer, transformer);
        }
        var model = ModelLoader.LoadLanguageModel(path);
        return new LoadedModel(model, model.Transformer);
    }

    public void Dispose() => owner.Dispose();
}
