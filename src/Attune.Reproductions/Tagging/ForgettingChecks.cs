using Attune.Tensors;

namespace Attune.Reproductions.Tagging;

/// <summary>What must hold for any net and any budget.</summary>
internal static class ForgettingChecks
{
    private const int Rows = 2000, ShortSteps = 12;

    /// <summary>What needs no trained net.</summary>
    public static void Run(ReproductionContext context, ForgettingSweep sweep)
    {
        Rules(context, sweep.Sizes);
        Identities(context, sweep);
        Untrained(context, sweep);
    }

    /// <summary>Behind a reset all words are new, so known ones are tagged as unseen ones are, in expectation, whatever the net.</summary>
    public static void AfterReset(ReproductionContext context, ForgettingSweep sweep, IReadOnlyDictionary<int, TaggingCourse[]> courses)
    {
        // Five standard deviations of the difference of two shares of one half, of as many draws as one net's resets draw words: nets of a seed share their draws.
        var bound = 5 * Math.Sqrt(0.5 / (TaggingTraining.Resets * sweep.Sizes.WordsPerClass));
        foreach (var (until, nets) in courses)
            context.Check(FormattableString.Invariant($"behind a reset the roles of known words are told as those of unseen ones (N = {until})"), Math.Abs(nets.Average(c => c.KnownAfterReset - c.UnseenAfterReset)), bound);
    }

    /// <summary>The two routes, written by hand, on the sets that tell them apart.</summary>
    private static void Rules(ReproductionContext context, TaggingSizes sizes)
    {
        var random = context.Random(0, "rules");
        var vocabulary = new TaggingVocabulary(sizes.WordsPerClass, sizes.WordsPerClass, sizes.Zipf, sizes.Ambiguous, random.Fork("words"));
        var certain = new TaggingVocabulary(sizes.WordsPerClass, sizes.WordsPerClass, sizes.Zipf, ambiguous: 0, random.Fork("words"));
        TaggingShares Shares(TaggingVocabulary words, TaggingSet set, bool byOrder) => Answered(words, new TaggingExamples(words).Draw(set, Rows, random.Fork($"{set}")), byOrder);
        var order = new[] { TaggingSet.Validation, TaggingSet.Unseen, TaggingSet.Ambiguous, TaggingSet.SwitchedHead, TaggingSet.SwitchedTail }.Min(set => Shares(vocabulary, set, true).InContext);
        context.Check("the rule of order is right on every set", 1 - order, 0);
        context.Check("the rule of memory is right where no word is ambiguous", 1 - Shares(certain, TaggingSet.Validation, false).InContext, 0);
        context.Check("the rule of memory answers swapped words by memory", 1 - Shares(vocabulary, TaggingSet.SwitchedHead, false).InWeights, 0);
        // Five standard deviations of a share of one half.
        context.Check("the rule of memory is right on half of the ambiguous words", Math.Abs(Shares(vocabulary, TaggingSet.Ambiguous, false).InContext - 0.5), 2.5 / Math.Sqrt(Rows));
    }

    private static TaggingShares Answered(TaggingVocabulary words, TaggingExample[] examples, bool byOrder)
    {
        var replies = new TaggingReply[examples.Length];
        var tokens = new int[TaggingExample.Length];
        for (var i = 0; i < examples.Length; i++)
        {
            examples[i].WriteTokens(tokens);
            var answer = byOrder ? TaggingRules.ByOrder(tokens) : TaggingRules.ByMemory(tokens, words);
            replies[i] = new TaggingReply(answer, answer.First == examples[i].Adjective);
        }
        return TaggingShares.Of(examples, replies, words);
    }

    /// <summary>N beyond the last reset is active forgetting, and N before the first is ordinary training: the same bits.</summary>
    private static void Identities(ReproductionContext context, ForgettingSweep sweep)
    {
        var sizes = sweep.Sizes with { Steps = ShortSteps, ForgetEvery = 3, Evaluations = 1, EvaluationRows = 20 };
        double Difference(int a, int b)
        {
            using var first = new TaggingTraining(sizes, a, context.Random(0, "identity"));
            using var second = new TaggingTraining(sizes, b, context.Random(0, "identity"));
            first.Train(context.Cancel);
            second.Train(context.Cancel);
            return first.Model.Parameters.Zip(second.Model.Parameters).Max(pair => Largest(pair.First.Value, pair.Second.Value));
        }
        context.Check("forgetting until the last step or beyond is active forgetting, bit for bit", Difference(ShortSteps, 10 * ShortSteps), 0);
        context.Check("forgetting until before the first reset is ordinary training, bit for bit", Difference(0, 3), 0);
    }

    private static double Largest(Tensor a, Tensor b)
    {
        var largest = 0.0;
        for (var i = 0; i < a.Span.Length; i++)
            largest = Math.Max(largest, Math.Abs(a.Span[i] - b.Span[i]));
        return largest;
    }

    /// <summary>Before training nothing is known.</summary>
    private static void Untrained(ReproductionContext context, ForgettingSweep sweep)
    {
        var sizes = sweep.Sizes with { EvaluationRows = Rows };
        using var training = new TaggingTraining(sizes, 0, context.Random(0, "untrained"));
        context.Check("before training no triple is right", training.Shares(TaggingSet.Validation).InContext, 0.05);
        // A net without training prefers some words, so pairs are not independent: the bound is that of as many draws as there are words.
        context.Check("before training the role of two unseen words is a guess", Math.Abs(training.Shares(TaggingSet.Unseen).Role - 0.5), 2.5 / Math.Sqrt(sizes.WordsPerClass));
    }
}
