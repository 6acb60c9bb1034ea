using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    /// <summary>Says in a model's folder which tokens have which role.</summary>
    public const string SettingsFile = "tokenizer_config.json";

    private const string Note = "learned from: ", JsonName = "tokenizer.json", NoteName = "tokenizer.txt";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether one was learned in the folder of a run.</summary>
    public static bool IsLearnedIn(string folder)
    {
        var note = Path.Combine(folder, NoteName);
        return File.Exists(note) && File.ReadLines(note).FirstOrDefault()?.StartsWith(Note, StringComparison.Ordinal) == true;
    }

    /// <summary>Opens or learns it. It stands in <paramref name="folder"/> afterwards, so that going on needs no learning and checkpoints can be begun with.</summary>
    /// <param name="begun">The hash of the tokenizer with which the run in the folder was begun; null: it begins now. Another is refused, and nothing is written.</param>
    /// <exception cref="AttuneException">The file cannot be used, the sample is too small for the vocabulary, or the run has another tokenizer.</exception>
    public static PretrainingTokenizer Open(TokenizerPlan plan, IReadOnlyList<MixturePart> sources, string folder, string? begun, CancellationToken cancel) =>
        plan.Path is { } path ? Copied(Given(path), folder, begun) : Learned(plan, sources, folder, begun, cancel);

    /// <summary>The text of tokenizer_config.json.</summary>
    /// <param name="context">The model's longest sequence; null: it is not said.</param>
    public string Settings(int? context)
    {
        var json = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["clean_up_tokenization_spaces"] = false };
        if (context is { } length)
            json["model_max_length"] = length;
        foreach (var (role, id) in new[] { ("bos_token", Tokenizer.BeginId), ("eos_token", EndId), ("pad_token", Tokenizer.PadId), ("unk_token", Tokenizer.UnknownId) })
            if (id is { } known)
                json[role] = Tokenizer.TokenText(known);
        return json.ToJsonString(Indented) + "\n";
    }

    private static PretrainingTokenizer Learned(TokenizerPlan plan, IReadOnlyList<MixturePart> sources, string folder, string? begun, CancellationToken cancel)
    {
        var asked = string.Create(CultureInfo.InvariantCulture, $"{(plan.Unigram ? "unigram" : "bpe")} {plan.Vocabulary} {plan.SampleCharacters}");
        var key = Note + string.Create(CultureInfo.InvariantCulture, $"{asked} {string.Join(", ", sources.Select(s => $"{s.Source.Identity}×{s.Weight}"))}");
        var (file, note) = (Path.Combine(folder, JsonName), Path.Combine(folder, NoteName));
        var before = File.Exists(file) && File.Exists(note) ? File.ReadAllText(note) : null;
        if (!string.Equals(before, key, StringComparison.Ordinal))
        {
            if (begun is not null && before is not null)
                throw Other(folder, string.Join(' ', before[Note.Length..].Split(' ').Take(3)), asked);
            var trained = Learn(plan, Sample(plan, sources), cancel);
            if (begun is not null && !string.Equals(HashOf(Encoding.UTF8.GetString(trained.Json.Span)), begun, StringComparison.Ordinal))
                throw Other(folder, begun, asked);
            File.Delete(note);
            File.Delete(Path.Combine(folder, SettingsFile));
            AtomicFile.Write(file, stream => stream.Write(trained.Json.Span));
            AtomicFile.Write(note, key);
        }
        return Of(TokenizerJson.Load(file), File.ReadAllText(file), TokenizerPlan.EndOfText);
    }

    private static AttuneException Other(string folder, string before, string now) =>
        new($"'{folder}' holds a training with another tokenizer ({before} → {now}: kind, vocabulary, sample); restore that, or give another folder with -o");

    private static PretrainingTokenizer Given(string path)
    {
        var folder = CheckpointStore.IsCheckpoint(path) ? CheckpointStore.RunOf(path) : path;
        var file = Directory.Exists(folder) ? Path.Combine(folder, JsonName) : folder;
        if (!File.Exists(file))
            throw new AttuneException($"the tokenizer '{path}' is no tokenizer.json and no folder with one; check its path, or leave it out so that one is learned");
        return Of(TokenizerLoader.Load(file), File.ReadAllText(file), TokenizerPlan.EndOfText);
    }

    /// <summary>Writes a given one into the run, with the roles of its tokens.</summary>
    private static PretrainingTokenizer Copied(PretrainingTokenizer given, string folder, string? begun)
    {
        if (begun is not null && !string.Equals(given.Hash, begun, StringComparison.Ordinal))
            return given;
        File.Delete(Path.Combine(folder, NoteName));
        AtomicFile.Write(Path.Combine(folder, JsonName), given.Json);
        AtomicFile.Write(Path.Combine(folder, SettingsFile), given.Settings(null));
        return given;
    }

    private static PretrainingTokenizer Of(ITokenizer tokenizer, string json, string end) =>
        new(tokenizer, json, HashOf(json), tokenizer.EndId ?? tokenizer.IdOf(end));

    private static string HashOf(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];

    private static TrainedTokenizer Learn(TokenizerPlan plan, IEnumerable<string> texts, CancellationToken cancel)
    {
        string[] special = [TokenizerPlan.EndOfText];
        var trained = plan.Unigram
            ? UnigramTrainer.Train(texts, new UnigramTrainingOptions { VocabularySize = plan.Vocabulary, SpecialTokens = special, ByteFallback = true }, cancel)
            : BytePairTrainer.Train(texts, new BytePairTrainingOptions { VocabularySize = plan.Vocabulary, SpecialTokens = special }, cancel);
        var size = trained.Load().VocabularySize;
        return size == plan.Vocabulary ? trained
            : throw new AttuneException(FormattableString.Invariant(
                $"the sources give a vocabulary of {size} tokens, not the {plan.Vocabulary} asked for; ask for {size} or fewer, or give more text"));
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
