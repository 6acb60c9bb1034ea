using Attune.Data;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>
/// All that fitting may see: the models, the task, the labelled rows of one split, a seed. There is no way from here to a test row.
/// </summary>
public sealed record FitContext
{
    public required TaskSpec Task { get; init; }

    /// <summary>The labelled rows of this budget, in the split's order.</summary>
    public required IReadOnlyList<Example> Examples { get; init; }

    /// <summary>The language model; null where none was given.</summary>
    public LanguageModel? Model { get; init; }

    /// <summary>The sentence encoder; null where none was given.</summary>
    public SentenceEncoder? Encoder { get; init; }

    /// <summary>Inputs without labels, where the user gave some.</summary>
    public IReadOnlyList<Input> Unlabelled { get; init; } = [];

    public required int Seed { get; init; }

    /// <summary>What to do with a prompt that is longer than the context.</summary>
    public OverflowPolicy Overflow { get; init; }

    /// <summary>Told how far fitting is: a share from 0 to 1 and a few words.</summary>
    public Action<double, string>? Progress { get; init; }

    public CancellationToken Cancellation { get; init; }

    /// <summary>The labels in order; for multiple choice empty, since each row has its own.</summary>
    public IReadOnlyList<string> Labels => Task.Labels;

    /// <summary>A stream of random numbers for one purpose: a function of seed and name only.</summary>
    public SeededRandom Random(string purpose) => new SeededRandom((ulong)Seed).Fork(purpose);

    /// <summary>The language model, or a sentence on how to give one.</summary>
    public LanguageModel RequireModel(string method) => Model
        ?? throw new AttuneException($"{method} needs a language model; give one with --model PATH");

    /// <summary>The encoder, or a sentence on how to give one.</summary>
    public SentenceEncoder RequireEncoder(string method) => Encoder
        ?? throw new AttuneException($"{method} needs a sentence encoder; give one with --encoder PATH");

    /// <summary>A predictor over an adaptation in the making, for choosing among candidates on labelled rows.</summary>
    public Predictor Bind(Adaptation adaptation) => new(adaptation, Model, Encoder, Overflow);
}
