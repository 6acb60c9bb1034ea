using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Trains a language model from nothing, or goes on with a training that was stopped: the same request gives the same weights bit for bit, however often it was.
/// </summary>
public static class Pretrainer
{
    /// <summary>The model's folder within that of the run.</summary>
    public const string ModelFolder = "model";

    /// <summary>Under which names architectures read the longest sequence.</summary>
    private static readonly string[] LengthKeys = ["max_position_embeddings", "n_positions", "n_ctx", "seq_length", "max_seq_len", "max_sequence_length", "model_max_length"];

    /// <summary>Keys of the model's configuration that are filled in where it leaves them out.</summary>
    internal static IEnumerable<string> FilledKeys => ["vocab_size", "eos_token_id", .. LengthKeys];

    /// <exception cref="AttuneException">
    /// The plan contradicts itself or what was begun, needs more memory or text than there is, or training failed; the message says what to do.
    /// </exception>
    /// <exception cref="OperationCanceledException">Training was stopped; a checkpoint holds what was done.</exception>
    public static PretrainingResult Run(PretrainingRequest request, IPretrainingObserver observer, CancellationToken cancel) => Run(request, observer, cancel, null);

    internal static PretrainingResult Run(PretrainingRequest request, IPretrainingObserver observer, CancellationToken cancel, CheckpointStore.Opener? open)
    {
        request.Plan.Check(request.Folder);
        SourceChecks.RequireNoGap(request.Sources);
        RunFolder.RequireOwn(request.Folder);
        using var held = RunLock.Take(request.Folder);
        RunFolder.RequireReplaceable(request.Folder);
        RunFolder.Sweep(request.Folder);
        var store = new CheckpointStore(CheckpointStore.FolderIn(request.Folder), request.Plan.Checkpoint.Keep, open);
        store.Sweep(observer.Warned);
        using var begun = store.Newest(observer.Warned);
        var begunPlan = begun?.State["plan"]?.AsObject();
        if (begunPlan is not null)
            BegunPlan.RequireSame(request, begunPlan);
        var tokenizer = Tokenizer(request, (string?)begunPlan?["tokenizer"], observer, cancel);
        var plan = Completed(request.Plan, tokenizer.Tokenizer.VocabularySize, tokenizer.EndId);
        var need = Need(plan, tokenizer.Tokenizer.VocabularySize, request.Sources);
        need.Require(request.MemoryLimit, plan);
        var before = EngineMemory.Limit;
        try
        {
            EngineMemory.Limit = request.MemoryLimit ?? before;
            observer.Doing("the texts");
            Prepare(plan, request.Sources, tokenizer, observer, cancel);
            using var session = new PretrainingSession(request with { Plan = plan }, tokenizer, store, observer);
            return session.Run(begun, plan.Recompute ? need.Least : need.Free, cancel);
        }
        finally
        {
            EngineMemory.Limit = before;
        }
    }

    /// <param name="begun">The hash of the tokenizer that the run was begun with; null: it begins.</param>
    private static PretrainingTokenizer Tokenizer(PretrainingRequest request, string? begun, IPretrainingObserver observer, CancellationToken cancel)
    {
        // Learning takes long; the vocabulary that it will give is known before.
        var vocabulary = request.Tokenizer.Vocabulary;
        if (request.Tokenizer.Path is null)
            Need(Completed(request.Plan, vocabulary, null), vocabulary, request.Sources).Require(request.MemoryLimit, request.Plan);
        observer.Doing("the tokenizer");
        var tokenizer = PretrainingTokenizer.Open(request.Tokenizer, request.Sources, request.Folder, begun, cancel);
        if (tokenizer.EndId is null)
            observer.Warned(
                $"the tokenizer '{request.Tokenizer.Path}' has no token that ends a text (eos_token, or {TokenizerPlan.EndOfText}): texts follow one another without a mark, "
                + "and the model will not know when to stop");
        return tokenizer;
    }

    private static void Prepare(PretrainingPlan plan, IReadOnlyList<MixturePart> sources, PretrainingTokenizer tokenizer, IPretrainingObserver observer, CancellationToken cancel)
    {
        var encoder = new DocumentEncoder(tokenizer.Tokenizer, tokenizer.EndId, plan.Context);
        foreach (var part in sources)
            part.Source.Prepare(encoder, cancel);
        SourceChecks.RequireTokens(plan, sources);
        foreach (var remark in sources.Select(p => p.Source.Remark).OfType<string>())
            observer.Warned(remark);
    }

    /// <summary>The plan with what its configuration leaves out: the tokenizer's vocabulary, the context, the token that ends a text.</summary>
    private static PretrainingPlan Completed(PretrainingPlan plan, int vocabulary, int? endId)
    {
        var configuration = plan.Configuration.DeepClone().AsObject();
        configuration["vocab_size"] ??= vocabulary;
        if (!LengthKeys.Any(configuration.ContainsKey))
            configuration["max_position_embeddings"] = plan.Context;
        if (endId is { } end)
            configuration["eos_token_id"] ??= end;
        return plan with { Configuration = configuration };
    }

    private static MemoryNeed Need(PretrainingPlan plan, int vocabulary, IReadOnlyList<MixturePart> sources)
    {
        using var model = NewModel.Unset(plan.Configuration, "model");
        if (model is not CausalLanguageModel language || model is ISpeechModel)
            throw new AttuneException($"model.model_type is '{model.Architecture}', which does not continue text; choose an architecture of language models");
        if (model.Vocabulary < vocabulary)
            throw new AttuneException(FormattableString.Invariant(
                $"model.vocab_size is {model.Vocabulary}, and the tokenizer has {vocabulary} tokens; give that many or more, or leave vocab_size out"));
        if (model.ContextLength < plan.Context)
            throw new AttuneException(FormattableString.Invariant(
                $"context is {plan.Context} tokens, and the model's own length is {model.ContextLength}; lower context, or raise the length in model (max_position_embeddings, n_positions)"));
        return MemoryNeed.Of(language, plan, sources.Sum(s => s.Source.TextBytes));
    }
}
