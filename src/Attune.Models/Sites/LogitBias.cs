using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>Site logits: a number added to the score of some tokens, −∞ to rule one out.</summary>
public sealed class LogitBias : ITensorSite, IDisposable
{
    private readonly NativeBuffer bias;
    private readonly int vocabulary;

    /// <param name="biases">What is added, by token.</param>
    /// <exception cref="AttuneException">A token is outside the vocabulary, or its number is NaN or +∞.</exception>
    public LogitBias(int vocabulary, IReadOnlyDictionary<int, float> biases)
    {
        this.vocabulary = vocabulary;
        bias = new NativeBuffer((long)vocabulary * sizeof(float), clear: true);
        foreach (var (token, value) in biases)
        {
            if ((uint)token >= (uint)vocabulary)
                throw new AttuneException(FormattableString.Invariant($"the bias for token {token} is outside the vocabulary of {vocabulary}; give a token's number"));
            if (float.IsNaN(value) || float.IsPositiveInfinity(value))
                throw new AttuneException(FormattableString.Invariant($"the bias for token {token} is {value}; give a number, or −∞ to rule the token out"));
            bias.FloatSpan[token] = value;
        }
    }

    /// <summary>[M, Vocabulary] → the same.</summary>
    public unsafe Tensor Apply(Graph graph, Tensor value, TokenBatch batch) => graph.AddBias(value, new Tensor(bias.Floats, 1, vocabulary));

    public void Dispose() => bias.Dispose();
}
