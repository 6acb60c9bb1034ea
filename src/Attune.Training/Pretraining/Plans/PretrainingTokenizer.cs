using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>The tokenizer of a training: given, or learned from a sample of its mixture.</summary>
/// <param name="Json">The text of tokenizer.json.</param>
/// <param name="Hash">The first digits of its SHA-256.</param>
/// <param name="EndId">The token behind every text; null: there is none.</param>
public sealed record PretrainingTokenizer(ITokenizer Tokenizer, string Json, string Hash, int? EndId)
{
    private const string Note = "learned from: ";

    /// <summary>Opens or learns it. What is learned is kept in <paramref name="folder"/>, so that going on needs no learning.</summary>
    /// <exception cref="AttuneException">The file cannot be used, or the sample is too small for the vocabulary.</exception>
    public static PretrainingTokenizer Open(TokenizerPlan plan, IReadOnlyList<MixturePart> sources, string folder, CancellationToken cancel)
    {
        if (plan.Path is { } path)
            return Given(path);
        var key = Note + string.Create(CultureInfo.InvariantCulture, $"{(plan.Unigram ? "unigram" : "bpe")} {plan.Vocabulary} {plan.SampleCharacters} {string.Join(", ", sources.Select(s => $"{s.Source.Identity}×{s.Weight}"))}");
        var (file, note) = (Path.Combine(folder, "tokenizer.json"), Path.Combine(folder, "tokenizer.txt"));
        if (!File.Exists(file) || !File.Exists(note) || !string.Equals(File.ReadAllText(note), key, StringComparison.Ordinal))
        {
            var trained = Learn(plan, Sample(plan, sources), cancel);
            File.Delete(note);
            AtomicFile.Write(file, stream => stream.Write(trained.Json.Span));
            AtomicFile.Write(note, key);
        }
        return Of(TokenizerJson.Load(file), File.ReadAllText(file), TokenizerPlan.EndOfText);
    }

    private static PretrainingTokenizer Given(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path;
        if (!File.Exists(file))
            throw new AttuneException($"the tokenizer '{path}' is no tokenizer.json and no folder with one; check its path, or leave it out so that one is learned");
        return Of(TokenizerLoader.Load(file), File.ReadAllText(file), TokenizerPlan.EndOfText);
    }

    private static PretrainingTokenizer Of(ITokenizer tokenizer, string json, string end) =>
        new(tokenizer, json, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16], tokenizer.EndId ?? tokenizer.IdOf(end));

    private static TrainedTokenizer Learn(TokenizerPlan plan, IEnumerable<string> texts, CancellationToken cancel)
    {
        var trained = plan.Unigram
            ? UnigramTrainer.Train(texts, new UnigramTrainingOptions { VocabularySize = plan.Vocabulary, SpecialTokens = [TokenizerPlan.EndOfText], ByteFallback = true }, cancel)
            : BytePairTrainer.Train(texts, new BytePairTrainingOptions { VocabularySize = plan.Vocabulary, SpecialTokens = [TokenizerPlan.EndOfText] }, cancel);
        var size = trained.Load().VocabularySize;
        return size == plan.Vocabulary ? trained
            : throw new AttuneException(FormattableString.Invariant($"the sources give a vocabulary of {size} tokens, not the {plan.Vocabulary} asked for; ask for {size} or fewer, or give more text"));
    }

    /// <summary>So many characters, or one fewer where the last would be half of a pair.</summary>
    private static int Whole(string text, int length) => char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;

    /// <summary>Begins of the sources' texts, each source with its share of the characters.</summary>
    internal static IEnumerable<string> Sample(TokenizerPlan plan, IReadOnlyList<MixturePart> sources)
    {
        var weights = sources.Sum(s => s.Weight);
        foreach (var part in sources)
        {
            var left = (long)(plan.SampleCharacters * part.Weight / weights);
            foreach (var text in part.Source.Samples())
            {
                if (left <= 0)
                    break;
                yield return text.Length <= left ? text : text[..Whole(text, (int)left)];
                left -= text.Length;
            }
        }
    }
}
