using Attune.Models.Architectures;

namespace Attune.Methods.Adapters;

/// <summary>What every kind of soft prompt has in its configuration.</summary>
/// <param name="Tokens">Virtual tokens.</param>
/// <param name="Stored">Rows that are stored: a set for each part of the model.</param>
/// <param name="Width">Width of a vector.</param>
internal sealed record PromptSettings(int Tokens, int Stored, int Width)
{
    /// <param name="width">What it must be.</param>
    public static PromptSettings Read(AdapterReader reader, int width)
    {
        var tokens = reader.Positive("num_virtual_tokens");
        var parts = reader.Integer("num_transformer_submodules", reader.Model is EncoderDecoderModel ? 2 : 1);
        var own = reader.Integer("token_dim", width);
        reader.Ignore("num_attention_heads", "num_layers", "tokenizer_name_or_path", "tokenizer_kwargs");
        return own == width ? new PromptSettings(tokens, tokens * parts, width)
            : throw reader.Refused(FormattableString.Invariant($"has vectors of {own} numbers, and {reader.Model.Architecture} needs {width}; it was made for another model"));
    }
}
