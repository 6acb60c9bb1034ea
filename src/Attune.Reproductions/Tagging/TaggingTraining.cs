using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions.Tagging;

/// <summary>One training run with embeddings that are forgotten until a step.</summary>
internal sealed class TaggingTraining : IDisposable
{
    /// <summary>Resets behind the last step, to see what nets make of new words.</summary>
    public const int Resets = 10;

    private readonly TaggingSizes sizes;
    private readonly TaggingModel model;
    private readonly TaggingExamples examples;
    private readonly EmbeddingForgetting forgetting;
    private readonly StepTrainer trainer;
    private readonly SeededRandom random;
    private readonly Graph plain = new(recording: false);

    /// <param name="until">Forgetting ends after so many steps; 0: none; the steps of the run or more: to the end.</param>
    /// <param name="random">Two runs from one generator differ in nothing but <paramref name="until"/>.</param>
    public TaggingTraining(TaggingSizes sizes, int until, SeededRandom random)
    {
        (this.sizes, this.random) = (sizes, random);
        var vocabulary = new TaggingVocabulary(sizes.WordsPerClass, sizes.WordsPerClass, sizes.Zipf, sizes.Ambiguous, random.Fork("words"));
        (model, examples) = (new TaggingModel(vocabulary, sizes, random.Fork("weights")), new TaggingExamples(vocabulary));
        var options = new ForgettingOptions { Every = sizes.ForgetEvery, Until = until, Deviation = sizes.Deviation, Kept = [TaggingVocabulary.Copula, TaggingVocabulary.Mask] };
        forgetting = new EmbeddingForgetting(model.Tokens, options, random.Fork("forgetting"));
        // The law of fresh vectors is that of the first ones, kept tokens included.
        new EmbeddingForgetting(model.Tokens, options with { Kept = [] }, random.Fork("first")).Forget(0);
        trainer = new StepTrainer(model.Parameters, new StepOptions
        {
            Optimizer = () => new AdamW(new AdamOptions { WeightDecay = sizes.WeightDecay }),
            // Vectors of tokens do not decay: those of unseen ones would shrink to nothing.
            Decays = p => p.Rows > 1 && !model.Tokens.Contains(p),
        });
    }

    public TaggingModel Model => model;

    /// <summary>All steps, then the last resets.</summary>
    public TaggingCourse Run(CancellationToken cancel)
    {
        var scores = Train(cancel);
        var (known, unseen) = (0.0, 0.0);
        for (var reset = 0; reset < Resets; reset++)
        {
            forgetting.Forget(sizes.Steps + reset);
            known += Shares(TaggingSet.Uniform).Role / Resets;
            unseen += Shares(TaggingSet.Unseen).Role / Resets;
        }
        return new TaggingCourse(scores, known, unseen);
    }

    /// <summary>All steps; the scores on the way, the last of them at the end.</summary>
    public IReadOnlyList<TaggingScores> Train(CancellationToken cancel)
    {
        var stream = random.Fork("examples");
        var scores = new List<TaggingScores>();
        var rest = Math.Max(1, sizes.Steps / sizes.Evaluations);
        for (var step = 1; step <= sizes.Steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            forgetting.Before(step, trainer);
            var batch = examples.Draw(TaggingSet.Validation, sizes.Batch, stream);
            trainer.Step(step, Rate(step), (graph, _) => model.Loss(graph, batch));
            if (step % rest == 0 || step == sizes.Steps)
                scores.Add(Evaluate(step));
        }
        return scores;
    }

    private TaggingScores Evaluate(int step) =>
        new(step, Shares(TaggingSet.Validation), Shares(TaggingSet.Unseen), Shares(TaggingSet.SwitchedHead), Shares(TaggingSet.SwitchedTail), Shares(TaggingSet.Ambiguous));

    /// <summary>The same examples at every call.</summary>
    public TaggingShares Shares(TaggingSet set)
    {
        var rows = examples.Draw(set, sizes.EvaluationRows, random.Fork($"evaluation {set}"));
        return TaggingShares.Of(rows, model.Reply(plain, rows), model.Vocabulary);
    }

    public void Dispose()
    {
        trainer.Dispose();
        plain.Dispose();
        model.Dispose();
    }

    /// <summary>Warm-up over the first hundredth, then the full rate: a falling one would hide what training on does.</summary>
    private double Rate(int step) => sizes.Rate * Math.Min(1, step / Math.Max(1.0, sizes.Steps / 100.0));
}
