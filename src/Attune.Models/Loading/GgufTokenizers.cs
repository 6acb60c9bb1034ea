using Attune.Models.Files;
using Attune.Models.Tokenizers;

namespace Attune.Models.Loading;

/// <summary>The tokenizer that a GGUF file carries.</summary>
internal static class GgufTokenizers
{
    public static ITokenizer Create(GgufMetadata m) => GgufVocabulary.Create(
        m.GetText("tokenizer.ggml.model"),
        m.FindText("tokenizer.ggml.pre"),
        m.GetTexts("tokenizer.ggml.tokens"),
        m.FindTexts("tokenizer.ggml.merges") ?? [],
        [.. (m.FindIntegers("tokenizer.ggml.token_type") ?? []).Select(t => (int)t)],
        new SpecialTokens
        {
            Begin = (int?)m.FindInteger("tokenizer.ggml.bos_token_id"),
            End = (int?)m.FindInteger("tokenizer.ggml.eos_token_id"),
            Pad = (int?)m.FindInteger("tokenizer.ggml.padding_token_id"),
            Unknown = (int?)m.FindInteger("tokenizer.ggml.unknown_token_id"),
        },
        addBegin: m.FindFlag("tokenizer.ggml.add_bos_token") ?? false,
        addEnd: m.FindFlag("tokenizer.ggml.add_eos_token") ?? false);
}
