using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>The language model inside of one that sees images: an architecture of its own, with its own configuration and other names.</summary>
internal static class ImageTexts
{
    /// <param name="rename">From the language model's names to those of the checkpoint.</param>
    /// <exception cref="ModelFileException">The language model is of a kind that images cannot be placed in.</exception>
    public static DecoderModel Create(ArchitectureContext context, ConfigurationJson text, Func<string, string> rename)
    {
        var c = context.Configuration;
        if (!text.Has("tie_word_embeddings") && c.Has("tie_word_embeddings"))
            text = text.Or(new() { ["tie_word_embeddings"] = c.Flag("tie_word_embeddings") });
        var model = ArchitectureCatalog.Of(text).Create(context.Part(text, rename));
        if (model is DecoderModel { Embedding: { Positions: null, Norm: null, Projection: null, Types: null, Scale: 1 } } decoder)
            return decoder;
        model.Dispose();
        throw new ModelFileException($"'{c.Path}' has the language model '{model.Architecture}', in which images cannot be placed; known are decoders with rotary positions such as llama");
    }

    /// <summary>The kind of an activation in the configuration.</summary>
    public static ActivationKind Activation(ConfigurationJson c, string key, string otherwise) => ActivationKinds.Parse(c.OptionalText(key) ?? otherwise, c.Path);

    /// <exception cref="ModelFileException">There is none.</exception>
    public static ConfigurationJson Part(ConfigurationJson c, string key) =>
        c.Object(key) ?? throw new ModelFileException($"'{c.Path}' lacks '{key}'; the configuration is incomplete");
}
