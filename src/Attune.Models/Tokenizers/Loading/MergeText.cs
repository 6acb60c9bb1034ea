using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Merges in the form "left right".</summary>
internal static class MergeText
{
    public static (string Left, string Right) Parse(string merge)
    {
        var parts = merge.Split(' ');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0 ? (parts[0], parts[1]) : throw new AttuneException(
            $"The merge '{merge}' is not two tokens with a blank between them; mend the tokenizer's file.");
    }
}
