using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>Trains a language model from nothing, or goes on with a training that was stopped: the same request gives the same weights bit for bit, however often it was.</summary>
public static class Pretrainer
{
    /// <summary>The model's folder within that of the run.</summary>
    public const string ModelFolder = "model";

    /// <summary>Under which names architectures read the longest sequence.</summary>
    private static readonly string[] LengthKeys = ["max_position_embeddings", "n_positions", "n_ctx", "seq_length", "max_seq_len", "max_sequence_length", "model_max_length"];

    /// <exception cref="AttuneException">The plan contradicts itself or what was begun, needs more memory or text than there is, or training failed; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">Training was stopped; a checkpoint holds what was done.</exception>
    public static PretrainingResult Run(PretrainingRequest request, IPretrainingObserver observer, CancellationToken cancel) => Run(request, observer, cancel, null);

    internal static PretrainingResult Run(PretrainingRequest request, IPretrainingObserver observer, CancellationToken cancel, CheckpointStore.Opener? open)
    {
        request.Plan.Check();
        if (request.Plan.Start is { } start)
            StartWeights.Require(start, request.Folder);
        using var held = RunLock.Take(request.Folder);
        observer.Doing("the tokenizer");
        var tokenizer = PretrainingTokenizer.Open(request.Tokenizer, request.Sources, request.Folder, cancel);
        var plan = Completed(request.Plan, tokenizer);
        var need = Need(plan, tokenizer);
        need.Require(request.MemoryLimit, plan);
        var before = EngineMemory.Limit;
        try
        {
            EngineMemory.Limit = request.MemoryLimit ?? before;
            return Train(request with { Plan = plan }, tokenizer, need, observer, open, cancel);
        }
        finally
        {
            EngineMemory.Limit = before;
        }
    }

    private static PretrainingResult Train(PretrainingRequest request, PretrainingTokenizer tokenizer, MemoryNeed need, IPretrainingObserver observer, CheckpointStore.Opener? open, CancellationToken cancel)
    {
        var plan = request.Plan;
        observer.Doing("the texts");
        var encoder = new DocumentEncoder(tokenizer.Tokenizer, tokenizer.EndId, plan.Context);
        foreach (var part in request.Sources)
            part.Source.Prepare(encoder, cancel);
        RequireTokens(plan, request.Sources);
        using var session = new PretrainingSession(request, tokenizer, need, observer, open);
        return session.Run(cancel);
    }

    /// <summary>The plan with what its configuration leaves out: the tokenizer's vocabulary, the context, the token that ends a text.</summary>
    private static PretrainingPlan Completed(PretrainingPlan plan, PretrainingTokenizer tokenizer)
    {
        var configuration = plan.Configuration.DeepClone().AsObject();
        configuration["vocab_size"] ??= tokenizer.Tokenizer.VocabularySize;
        if (!LengthKeys.Any(configuration.ContainsKey))
            configuration["max_position_embeddings"] = plan.Context;
        if (tokenizer.EndId is { } end)
            configuration["eos_token_id"] ??= end;
        return plan with { Configuration = configuration };
    }

    private static MemoryNeed Need(PretrainingPlan plan, PretrainingTokenizer tokenizer)
    {
        using var model = NewModel.Unset(plan.Configuration, "model");
        if (model is not CausalLanguageModel language || model is ISpeechModel)
            throw new AttuneException($"model.model_type is '{model.Architecture}', which does not continue text; choose an architecture of language models");
        if (model.Vocabulary < tokenizer.Tokenizer.VocabularySize)
            throw new AttuneException(FormattableString.Invariant($"model.vocab_size is {model.Vocabulary}, and the tokenizer has {tokenizer.Tokenizer.VocabularySize} tokens; give that many or more, or leave vocab_size out"));
        if (model.ContextLength < plan.Context)
            throw new AttuneException(FormattableString.Invariant($"context is {plan.Context} tokens, and the model's own length is {model.ContextLength}; lower context, or raise the length in model (max_position_embeddings, n_positions)"));
        return MemoryNeed.Of(language, plan);
    }

    /// <summary>Every source that is not endless has at least what a step takes of it.</summary>
    private static void RequireTokens(PretrainingPlan plan, IReadOnlyList<MixturePart> sources)
    {
        var weights = sources.Sum(s => s.Weight);
        foreach (var part in sources.Where(s => s.Weight > 0))
        {
            var needed = (long)Math.Ceiling(plan.TokensPerStep * part.Weight / weights);
            if (part.Source.Tokens is { } tokens && tokens < needed)
                throw new AttuneException(FormattableString.Invariant($"the source '{part.Source.Name}' has {tokens} tokens for training, and a step takes {needed} of it; give more text, or lower tokens_per_step or the source's weight"));
        }
    }
}
