using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Learns a Unigram vocabulary: Kudo 2018, "Subword regularization", section 3.2. It begins with frequent parts of words, fits their
/// probabilities by expectation maximisation, and drops those whose loss harms the likelihood least, until as many are left as are
/// wanted. Single characters always stay, so that every text of the corpus can be encoded. Blanks are written ▁.
/// </summary>
public static class UnigramTrainer
{
    private const string Unknown = "<unk>";
    private const double Overshoot = 1.1, ByteScore = -100;

    /// <summary>Learns from texts.</summary>
    /// <exception cref="AttuneException">The options cannot be met.</exception>
    public static TrainedTokenizer Train(IEnumerable<string> texts, UnigramTrainingOptions options, CancellationToken cancellation = default)
    {
        var words = WordCounts.Of(texts.Select(t => t.Replace(' ', '▁')), new LeadingMarks(), cancellation)
            .Select(w => (Runes: RunePattern.RunesOf(w.Word), w.Count)).ToList();
        var others = 1 + options.SpecialTokens.Count + (options.ByteFallback ? 256 : 0);
        var characters = words.SelectMany(w => w.Runes).Distinct().Count();
        var wanted = options.VocabularySize - others;
        if (wanted < characters || wanted > Vocabulary.MaximumSize)
            throw new AttuneException($"A vocabulary of {options.VocabularySize} tokens was asked for, but the text's {characters} characters and {others} other tokens need {characters + others}; ask for more.");
        if (options.ShrinkingFactor is not (> 0 and < 1) || options.LongestPiece is < 1 or > RuneTrie.LongestText || options.StepsPerRound < 1)
            throw new AttuneException("Training a Unigram vocabulary needs a shrinking factor between 0 and 1, pieces of 1 to 1024 characters, and a step in each round; give others.");
        var pieces = Learn(words, wanted, options, cancellation);
        return new TrainedTokenizer(Write(pieces, options));
    }

    private static PieceSet Learn(List<(int[] Runes, long Count)> words, int wanted, UnigramTrainingOptions options, CancellationToken cancellation)
    {
        var pieces = SeedPieces.Of(words, options.LongestPiece, Math.Max(options.SeedSize, wanted));
        for (var round = 0; ; round++)
        {
            for (var step = 0; step < options.StepsPerRound; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var likelihood = pieces.Step(words);
                options.OnStep?.Invoke(new UnigramTrainingStep(round, pieces.Count, likelihood));
            }
            if (pieces.Count <= wanted * Overshoot)
                return pieces.Best(wanted);
            pieces = pieces.Pruned(words, Math.Max((int)(wanted * Overshoot), (int)(pieces.Count * options.ShrinkingFactor)));
        }
    }

    private static byte[] Write(PieceSet pieces, UnigramTrainingOptions options)
    {
        var vocabulary = new List<(string Text, double Score)> { (Unknown, 0) };
        if (options.ByteFallback)
            vocabulary.AddRange(Enumerable.Range(0, 256).Select(b => (ByteTokens.Name(b), ByteScore)));
        vocabulary.AddRange(pieces.ByScore());
        var special = options.SpecialTokens.Select((s, i) => (vocabulary.Count + i, s)).Prepend((0, Unknown));
        var decoder = TokenizerJsonWriter.Sequence("decoders", TokenizerJsonWriter.Replace("▁", " "), TokenizerJsonWriter.Named("ByteFallback"), TokenizerJsonWriter.Named("Fuse"));
        return TokenizerJsonWriter.Write(special, normalizer: null, TokenizerJsonWriter.Metaspace(), decoder, json =>
        {
            json.WriteString("type", "Unigram");
            json.WriteNumber("unk_id", 0);
            json.WriteStartArray("vocab");
            foreach (var (text, score) in vocabulary)
            {
                json.WriteStartArray();
                json.WriteStringValue(text);
                json.WriteNumberValue(score);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteBoolean("byte_fallback", options.ByteFallback);
        });
    }

    // As Metaspace cuts: before every ▁.
    private sealed class LeadingMarks : WordCutter
    {
        public override int EndOf(ReadOnlySpan<char> text, int start)
        {
            var next = text[(start + 1)..].IndexOf('▁');
            return next < 0 ? text.Length : start + 1 + next;
        }
    }
}
