using System.Text.Json;
using Attune.Evaluation.Metrics;

namespace Attune.Tests.Evaluation;

/// <summary>Metrics of generated text of the goldens, by name.</summary>
internal static class TextTable
{
    public static readonly Dictionary<string, Func<JsonElement, object>> Functions = new(StringComparer.Ordinal)
    {
        ["bleu_corpus"] = i => Parts(Bleu.Corpus(i.Texts("hypotheses"), i.TextRows("references"), BleuOptions(i))),
        ["bleu_sentence"] = i => Bleu.Sentence(i.Text("hypothesis"), i.Texts("references"), BleuOptions(i)).Score,
        ["bleu_tokenize"] = i => new Dictionary<string, object>
        {
            ["13a"] = BleuTokenizer.Tokenize(i.Text("text"), BleuTokenization.Mteval13a),
            ["intl"] = BleuTokenizer.Tokenize(i.Text("text"), BleuTokenization.International),
            ["char"] = BleuTokenizer.Tokenize(i.Text("text"), BleuTokenization.Characters),
        },
        ["chrf_corpus"] = i => Chrf.Corpus(i.Texts("hypotheses"), i.TextRows("references"), ChrfOptions(i)),
        ["chrf_sentence"] = i => Chrf.Sentence(i.Text("hypothesis"), i.Texts("references"), ChrfOptions(i)),
        ["ter_corpus"] = i => Ter.Corpus(i.Texts("hypotheses"), i.TextRows("references"), TerOptions(i)),
        ["ter_sentence"] = i => Ter.Sentence(i.Text("hypothesis"), i.Texts("references"), TerOptions(i)),
        ["rouge"] = RougeScores,
        ["porter_stem"] = i => Array.ConvertAll(i.Texts("words"), PorterStemmer.Stem),
        ["rouge_tokenize"] = i => Array.ConvertAll(i.Texts("texts"), text => Rouge.Tokenize(text)),
        ["squad_exact_match"] = i => Squad.ExactMatch(i.Text("prediction"), i.Texts("golds")),
        ["squad_f1"] = i => Squad.F1(i.Text("prediction"), i.Texts("golds")),
        ["squad_normalize"] = i => Squad.Normalize(i.Text("text")),
        ["edit_distance"] = i => EditDistance.OfCharacters(i.Text("hypothesis"), i.Text("reference")),
        ["cer"] = i => EditDistance.CharacterErrorRate(i.Text("hypothesis"), i.Text("reference")),
        ["wer"] = i => EditDistance.WordErrorRate(i.Text("hypothesis"), i.Text("reference")),
    };

    private static BleuOptions BleuOptions(JsonElement input) => new(
        input.Text("tokenize") switch
        {
            "13a" => BleuTokenization.Mteval13a,
            "intl" => BleuTokenization.International,
            "char" => BleuTokenization.Characters,
            _ => BleuTokenization.None,
        },
        input.Text("smooth") switch
        {
            "exp" => BleuSmoothing.Exponential,
            "floor" => BleuSmoothing.Floor,
            "add-k" => BleuSmoothing.AddOne,
            _ => BleuSmoothing.None,
        },
        input.Flag("lowercase"),
        input.Flag("effective_order"));

    private static ChrfOptions ChrfOptions(JsonElement input) => new(
        input.TryGetProperty("char_order", out var order) ? order.GetInt32() : 6,
        input.Whole("word_order"),
        input.TryGetProperty("beta", out var beta) ? beta.GetDouble() : 2,
        input.Flag("lowercase"),
        input.Flag("whitespace"),
        input.Flag("eps_smoothing"));

    private static TerOptions TerOptions(JsonElement input) =>
        new(input.Flag("normalized"), input.Flag("no_punct"), input.Flag("asian_support"), input.Flag("case_sensitive"));

    private static Dictionary<string, object> Parts(BleuScore score) => new()
    {
        ["score"] = score.Score,
        ["precisions"] = score.Precisions,
        ["brevity_penalty"] = score.BrevityPenalty,
        ["hypothesis_length"] = score.HypothesisLength,
        ["reference_length"] = score.ReferenceLength,
        ["counts"] = score.Matches,
        ["totals"] = score.Totals,
    };

    private static Dictionary<string, object> RougeScores(JsonElement input)
    {
        var (hypothesis, reference, stem) = (input.Text("hypothesis"), input.Text("reference"), input.Flag("stem"));
        return new()
        {
            ["rouge1"] = Triple(Rouge.N(hypothesis, reference, 1, stem)),
            ["rouge2"] = Triple(Rouge.N(hypothesis, reference, 2, stem)),
            ["rougeL"] = Triple(Rouge.L(hypothesis, reference, stem)),
            ["rougeLsum"] = Triple(Rouge.LSum(hypothesis, reference, stem)),
        };
    }

    private static double[] Triple(RougeScore score) => [score.Precision, score.Recall, score.F1];
}
