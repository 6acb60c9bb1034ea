using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Generation;

/// <summary>
/// Gives tokens to a model, pass by pass, over a cache of its own, and reads the scores behind the last: what generating does without
/// choosing. One call at a time.
/// </summary>
public sealed class TokenFeed : IDisposable
{
    private readonly CausalLanguageModel model;
    private readonly Graph graph;
    private readonly TokenBatch batch = new();
    private readonly SequenceCache cache;
    private readonly List<int> fed = [];
    private CachedSequence sequence;

    /// <param name="cacheBytes">Most memory of the cache.</param>
    public TokenFeed(LanguageModel model, long cacheBytes = LanguageModel.DefaultCacheBytes)
        : this(model.Transformer, model.Precision, cacheBytes)
    {
    }

    /// <inheritdoc cref="TokenFeed(LanguageModel, long)"/>
    public TokenFeed(CausalLanguageModel model, Precision precision, long cacheBytes = LanguageModel.DefaultCacheBytes)
    {
        if (model is EncoderDecoderModel)
            throw new AttuneException($"a model of the architecture '{model.Architecture}' reads its whole prompt at once; give a model that continues text");
        this.model = model;
        graph = new Graph(recording: false) { Precision = precision };
        cache = model.CreateCache(cacheBytes);
        sequence = cache.Begin();
    }

    /// <summary>Tokens fed since the beginning.</summary>
    public int Length => sequence.Length;

    /// <summary>Computes <paramref name="tokens"/> behind those fed before, in one pass.</summary>
    /// <param name="images">Those that the image tokens among them stand for, for models that see images.</param>
    /// <returns>Scores over the vocabulary of what comes next; they live until the next call.</returns>
    /// <exception cref="ContextOverflowException">They do not fit the model's context.</exception>
    public ReadOnlySpan<float> Feed(ReadOnlySpan<int> tokens, IReadOnlyList<ImagePixels>? images = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        if (Length + tokens.Length > model.ContextLength)
            throw new ContextOverflowException(Length + tokens.Length, model.ContextLength);
        using var atWork = cache.Enter();
        graph.Reset();
        batch.Clear();
        batch.Images.AddRange(images ?? []);
        fed.RemoveRange(Length, fed.Count - Length);
        var whole = SequenceLength.Counted(model, null, Length + tokens.Length);
        fed.AddRange(tokens);
        if (!model.KeepsKeys && Length > 0 && whole != SequenceLength.Counted(model, null, Length))
        {
            // The cached keys are those of shorter sequences.
            sequence.Dispose();
            sequence = cache.Begin();
            tokens = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fed);
        }
        sequence.Reserve(tokens.Length);
        batch.Add(tokens, Length, sequence, whole: whole);
        var hidden = model.ForwardRows(graph, batch, null, [tokens.Length - 1]);
        sequence.Advance(tokens.Length);
        return model.Logits(graph, hidden, batch, null)[0];
    }

    /// <summary>Begins anew; the cache's memory stays.</summary>
    public void Clear()
    {
        using var atWork = cache.Enter();
        sequence.Dispose();
        sequence = cache.Begin();
    }

    public void Dispose()
    {
        using var atWork = cache.Enter();
        sequence.Dispose();
        cache.Dispose();
        graph.Dispose();
    }
}
