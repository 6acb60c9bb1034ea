using System.Text;
using System.Text.Json;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Learns byte-level byte pairs: Sennrich, Haddow and Birch 2016, "Neural machine translation of rare words with subword units",
/// algorithm 1, over bytes as Radford et al. 2019 have it. The same texts give the same tokenizer, whatever their order.
/// </summary>
public static class BytePairTrainer
{
    private const int Bytes = 256;

    /// <summary>Learns from texts.</summary>
    /// <exception cref="AttuneException">The options cannot be met.</exception>
    public static TrainedTokenizer Train(IEnumerable<string> texts, BytePairTrainingOptions options, CancellationToken cancellation = default)
    {
        var least = options.SpecialTokens.Count + (options.AllBytes ? Bytes : 1);
        if (options.VocabularySize < least || options.VocabularySize > Vocabulary.MaximumSize)
            throw new AttuneException($"A vocabulary of {options.VocabularySize} tokens was asked for, but between {least} and {Vocabulary.MaximumSize} are possible; ask for another number.");
        if (options.SpecialTokens.Any(s => s.Length == 0) || options.SpecialTokens.Distinct(StringComparer.Ordinal).Count() < options.SpecialTokens.Count)
            throw new AttuneException("The special tokens must be texts that differ from one another; leave out the empty or repeated one.");
        var words = WordCounts.Of(texts, options.Pattern, cancellation);
        var tokens = new List<string>(options.SpecialTokens);
        var bytes = Alphabet(words, options.AllBytes, tokens);
        var learner = new PairLearner(words.Select(w => (Symbols(w.Word, bytes), w.Count)));
        var merges = Learn(learner, tokens, options, cancellation);
        return new TrainedTokenizer(Write(tokens, merges, options));
    }

    // In the order of their printable characters, as the reference numbers them.
    private static int[] Alphabet(List<(string Word, long Count)> words, bool all, List<string> tokens)
    {
        var used = new bool[Bytes];
        foreach (var (word, _) in words)
            foreach (var value in Encoding.UTF8.GetBytes(word))
                used[value] = true;
        var ids = new int[Bytes];
        foreach (var value in Enumerable.Range(0, Bytes).Where(b => all || used[b]).OrderBy(b => ByteAlphabet.ToRune((byte)b)))
        {
            ids[value] = tokens.Count;
            tokens.Add(char.ConvertFromUtf32(ByteAlphabet.ToRune((byte)value)));
        }
        return ids;
    }

    private static int[] Symbols(string word, int[] bytes) => [.. Encoding.UTF8.GetBytes(word).Select(b => bytes[b])];

    private static List<(string Left, string Right)> Learn(PairLearner learner, List<string> tokens, BytePairTrainingOptions options, CancellationToken cancellation)
    {
        var merges = new List<(string, string)>();
        var ids = tokens.Skip(options.SpecialTokens.Count).Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i + options.SpecialTokens.Count, StringComparer.Ordinal);
        while (tokens.Count < options.VocabularySize && learner.Best(options.MinimumFrequency) is var (left, right))
        {
            cancellation.ThrowIfCancellationRequested();
            var text = tokens[left] + tokens[right];
            // The same text can come about by two merges; it is one token.
            if (!ids.TryGetValue(text, out var id))
            {
                ids[text] = id = tokens.Count;
                tokens.Add(text);
            }
            learner.Merge(left, right, id);
            merges.Add((tokens[left], tokens[right]));
        }
        return merges;
    }

    private static byte[] Write(List<string> tokens, List<(string Left, string Right)> merges, BytePairTrainingOptions options) => TokenizerJsonWriter.Write(
        options.SpecialTokens.Select((s, i) => (i, s)), normalizer: null,
        preTokenizer: options.Pattern == SplitPatterns.Gpt2
            ? TokenizerJsonWriter.ByteLevel(useRegex: true)
            : TokenizerJsonWriter.Sequence("pretokenizers", TokenizerJsonWriter.Split(options.Pattern), TokenizerJsonWriter.ByteLevel(useRegex: false)),
        decoder: TokenizerJsonWriter.ByteLevel(useRegex: true),
        model: json =>
        {
            json.WriteString("type", "BPE");
            json.WriteStartObject("vocab");
            for (var id = 0; id < tokens.Count; id++)
                json.WriteNumber(tokens[id], id);
            json.WriteEndObject();
            json.WriteStartArray("merges");
            foreach (var (left, right) in merges)
                TokenizerJsonWriter.Texts(json, left, right);
            json.WriteEndArray();
        });
}
