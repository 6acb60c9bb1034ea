using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Training;

/// <summary>
/// Draws a model's embeddings afresh every k steps, so that the rest of it cannot rely on what a token's vector has learned and must take a token's role from the
/// context (active forgetting: Chen et al. 2023, arXiv 2307.01163); stopped after N steps, tokens are memorised beside that (temporary forgetting: Anand et al. 2025,
/// arXiv 2406.00053). A reset is a function of the seed and its step, so a resumed run needs nothing saved. With N = 0 no number is touched.
/// </summary>
/// <param name="tokens">
/// What belongs to the tokens alone: tables with a row for each token are drawn from N(0, s²); arrays of one row (a decoder's bias) have an entry for each and become
/// 0. A head that shares a table forgets with it.
/// </param>
public sealed class EmbeddingForgetting(IReadOnlyList<Parameter> tokens, ForgettingOptions options, SeededRandom random)
{
    private readonly Parameter[] tokens = [.. tokens];
    private readonly int every = options.Every > 0 ? options.Every
        : throw new AttuneException(FormattableString.Invariant($"embeddings cannot be forgotten every {options.Every} steps; give 1 or more, or 0 for the step until which they are"));

    /// <summary>Whether the embeddings are forgotten before a step: k, 2k, … steps are done, and fewer than N.</summary>
    /// <param name="step">From 1, as <see cref="StepTrainer.Step"/> counts.</param>
    public bool IsDue(int step) => step > 1 && (step - 1) % every == 0 && (options.Until is not { } until || step - 1 < until);

    /// <summary>To be called before each step: forgets where it is due, and says whether it did.</summary>
    /// <inheritdoc cref="IsDue"/>
    public bool Before(int step, StepTrainer trainer)
    {
        if (!IsDue(step))
            return false;
        Forget(step - 1);
        if (options.ClearsMoments)
            foreach (var parameter in tokens)
                trainer.Reset(parameter);
        return true;
    }

    /// <summary>Draws the embeddings afresh, whether it is due or not.</summary>
    /// <param name="number">Names the draw: another number, other vectors.</param>
    public void Forget(int number)
    {
        var stream = random.Fork(FormattableString.Invariant($"reset {number}"));
        foreach (var parameter in tokens)
        {
            var own = stream.Fork(parameter.Name);
            for (var token = 0; token < (parameter.Rows > 1 ? parameter.Rows : parameter.Columns); token++)
                Renew(parameter, token, own);
        }
    }

    private void Renew(Parameter parameter, int token, SeededRandom own)
    {
        var kept = options.Kept.Contains(token);
        if (parameter.Rows == 1)
        {
            if (!kept)
                parameter.Value.Span[token] = 0;
            return;
        }
        foreach (ref var value in parameter.Value[token])
        {
            // Drawn for kept tokens too, so that keeping one changes no other.
            var drawn = (float)(options.Deviation * own.NextNormal());
            value = kept ? value : drawn;
        }
    }
}
