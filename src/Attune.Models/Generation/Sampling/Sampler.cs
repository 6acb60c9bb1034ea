using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>
/// Chooses the next token from a row of logits. Penalties come first, then temperature, then the filters in the order
/// top-k, top-p, min-p, typical-p, ε, η, top-nσ, mirostat; then a token is drawn, or the likeliest taken (the lowest id on a tie).
/// After its first call nothing is allocated.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions options;
    private readonly SeededRandom random;
    private readonly SamplingWorkspace workspace = new();
    private readonly Mirostat? mirostat;

    /// <param name="random">Where draws come from; without one, a stream of the options' seed.</param>
    /// <exception cref="AttuneException">An option is outside its range.</exception>
    public Sampler(SamplingOptions options, SeededRandom? random = null)
    {
        options.Check();
        this.options = options;
        mirostat = options.Mirostat > 0 ? new Mirostat(options.Mirostat, options.MirostatTarget, options.MirostatRate) : null;
        this.random = random ?? new SeededRandom((ulong)options.Seed).Fork("sampling");
    }

    /// <summary>The next token's id. The logits are changed.</summary>
    /// <param name="history">The tokens so far, prompt included.</param>
    /// <exception cref="AttuneException">The logits hold NaN or +∞, or no token is left.</exception>
    public int Next(Span<float> logits, ReadOnlySpan<int> history)
    {
        using var _ = Profile.Measure(OperationKind.Sampling, 0, 4L * logits.Length);
        Penalize(logits, history);
        var best = Best(logits);
        if (options.IsGreedy)
            return best;
        Filter(logits);
        mirostat?.Filter(logits, workspace);
        var token = Draw(logits);
        mirostat?.Drew(logits, token);
        return token;
    }

    /// <summary>The id of the largest logit, the lowest on a tie.</summary>
    public static int Best(ReadOnlySpan<float> logits)
    {
        var best = -1;
        for (var i = 0; i < logits.Length; i++)
        {
            if (float.IsNaN(logits[i]) || float.IsPositiveInfinity(logits[i]))
                throw new AttuneException($"the model's logit of token {i} is not a finite number; its weights or the adaptation are damaged, or a steering strength is too large", AttuneErrorKind.Work);
            if (!float.IsNegativeInfinity(logits[i]) && (best < 0 || logits[i] > logits[best]))
                best = i;
        }
        return best >= 0 ? best
            : throw new AttuneException("no token is left to choose from; loosen no-repeat-ngram or the constraints on the text", AttuneErrorKind.Work);
    }

    private void Penalize(Span<float> logits, ReadOnlySpan<int> history)
    {
        if (options.RepetitionPenalty != 1)
            RepetitionFilters.RepetitionPenalty(logits, history, options.RepetitionPenalty, workspace);
        if (options.FrequencyPenalty != 0 || options.PresencePenalty != 0)
            RepetitionFilters.Penalties(logits, history, options.FrequencyPenalty, options.PresencePenalty, workspace);
        if (options.NoRepeatNgram > 0)
            RepetitionFilters.NoRepeatNgram(logits, history, options.NoRepeatNgram);
    }

    private void Filter(Span<float> logits)
    {
        if (options.Temperature != 1)
            ScaleBelowLargest(logits);
        LogitFilters.TopK(logits, options.TopK, workspace);
        LogitFilters.TopP(logits, options.TopP, workspace);
        LogitFilters.MinP(logits, options.MinP);
        LogitFilters.TypicalP(logits, options.TypicalP, workspace);
        if (options.Epsilon > 0)
            LogitFilters.Epsilon(logits, options.Epsilon);
        if (options.Eta > 0)
            LogitFilters.Eta(logits, options.Eta);
        if (options.TopNSigma > 0)
            LogitFilters.TopNSigma(logits, options.TopNSigma);
    }

    /// <summary>Temperature with the largest logit moved to 0 first, which softmax does not see: a tiny temperature cannot overflow.</summary>
    private void ScaleBelowLargest(Span<float> logits)
    {
        var largest = Probabilities.Largest(logits);
        foreach (ref var x in logits)
            x -= largest;
        LogitFilters.Temperature(logits, options.Temperature);
    }

    /// <summary>One draw by the inverse of the cumulative distribution, in the order of the ids.</summary>
    private int Draw(ReadOnlySpan<float> logits)
    {
        var largest = Probabilities.Largest(logits);
        var weights = workspace.Values(logits.Length);
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
            sum += weights[i] = Math.Exp((double)logits[i] - largest);
        var left = random.NextDouble() * sum;
        var last = -1;
        for (var i = 0; i < logits.Length; i++)
        {
            if (weights[i] == 0)
                continue;
            last = i;
            left -= weights[i];
            if (left < 0)
                return i;
        }
        // Rounding alone leads here: the last token that has a probability.
        return last;
    }
}
