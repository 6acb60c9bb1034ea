using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Generation;

/// <summary>Greedy or sampled continuation of one prompt, with the prefix cache before it and behind it.</summary>
internal sealed class TextGenerator(LanguageModel model, SequenceCache tree) : IDisposable
{
    private readonly Graph graph = new(recording: false) { Precision = model.Precision };
    private readonly TokenBatch batch = new();

    public GeneratedText Run(int[] prompt, SamplingOptions options, SiteSet? sites, Action<string>? onText, CancellationToken cancel)
    {
        if (prompt.Length == 0)
            throw new AttuneException("the prompt has no tokens; give at least one character");
        var room = model.ContextLength - PrefixKeys.Count(sites);
        if (prompt.Length >= room)
            throw new ContextOverflowException(prompt.Length + 1, room);
        var history = new List<int>(prompt);
        prompt = PrefixKeys.Before(sites, prompt);
        using var sequence = new SequenceRun(model.Transformer, graph, batch, tree, sites);
        var hidden = sequence.Begin(prompt, cancel);
        var output = new GeneratedOutput(model, options, onText);
        var sampler = new Sampler(options);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var logits = model.Transformer.Logits(graph, hidden, batch, sites);
            var next = Next(sampler, logits[0], System.Runtime.InteropServices.CollectionsMarshal.AsSpan(history), sites);
            if (!output.Add(next))
                return output.End("stop", sequence.Computed);
            if (output.Count == options.MaxTokens || history.Count + 1 >= room)
                return output.End("length", sequence.Computed);
            history.Add(next);
            hidden = sequence.Next(next, cancel);
        }
    }

    public void Dispose() => graph.Dispose();

    private int Next(Sampler sampler, Span<float> logits, ReadOnlySpan<int> history, SiteSet? sites)
    {
        try
        {
            return sampler.Next(logits, history);
        }
        catch (AttuneException) when (FiniteDiagnosis.IsDamaged(logits))
        {
            throw FiniteDiagnosis.Explain("the score of a next token", model.Transformer, model.Precision, history, sites);
        }
    }
}
