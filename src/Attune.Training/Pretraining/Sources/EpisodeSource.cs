using System.Globalization;
using Attune.Data.Generators;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Episodes of generated tasks. Two sets measure what was learned: new draws of the families that training reads, and families that training never sees. Labels of measured episodes are
/// independent and equally frequent (<see cref="Episode.DrawMeasured"/>), so a model that reads no text is right as often as chance says.
/// </summary>
public sealed class EpisodeSource : IDocumentSource
{
    /// <summary>Texts from which a tokenizer may be learned.</summary>
    private const int SampleEpisodes = 4000;

    private readonly IReadOnlyList<ITaskFamily> training;
    private readonly IReadOnlyList<ITaskFamily> heldOut;
    private readonly EpisodeOptions options, measured;
    private readonly SeededRandom random;
    private DocumentEncoder? encoder;

    /// <param name="families">Names of families to train on; null: all that may be trained on.</param>
    /// <exception cref="AttuneException">A family is not known, or is one that is kept from training.</exception>
    public EpisodeSource(string name, IReadOnlyList<string>? families, EpisodeOptions options, SeededRandom random)
    {
        (Name, this.options, this.random) = (name, options, random);
        measured = options with { MaxRows = Math.Max(options.MaxRows, 33) };
        training = families is null ? TaskFamilies.Training : [.. families.Select(f => Find(name, f))];
        heldOut = TaskFamilies.HeldOut;
        Identity = string.Create(CultureInfo.InvariantCulture, $"episodes {string.Join(' ', training.Select(f => f.Name))} {options} {Fingerprint.Of(Samples().Take(64))}");
    }

    public string Name { get; }

    public string Identity { get; }

    public long? Tokens => null;

    public IReadOnlyList<HeldOutSet> HeldOut =>
    [
        new HeldOutSet($"{Name}, new draws", number => Measured(training, $"new draw {number}")),
        .. heldOut.Count == 0 ? [] : new[] { new HeldOutSet($"{Name}, held-out families", number => Measured(heldOut, $"held-out draw {number}")) },
    ];

    public IEnumerable<string> Samples() => Enumerable.Range(0, SampleEpisodes).Select(i => Episode.Draw(random.Fork(FormattableString.Invariant($"sample {i}")), options, training).Text);

    public void Prepare(DocumentEncoder encoder, CancellationToken cancel) => this.encoder = encoder;

    public Document Read(long number) => Encoded(Episode.Draw(random.Fork(FormattableString.Invariant($"episode {number}")), options, training));

    private Document Measured(IReadOnlyList<ITaskFamily> families, FormattableString purpose) => Encoded(Episode.DrawMeasured(random.Fork(FormattableString.Invariant(purpose)), measured, families));

    private Document Encoded(EpisodeText episode) =>
        encoder!.Encode(new LabelledText(episode.Text, [.. episode.Labels.Select(l => new TextLabel(l.Start, l.Start + l.Length, l.Shot, episode.LabelWords, l.Label))]));

    private static ITaskFamily Find(string source, string name)
    {
        var family = TaskFamilies.All.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.Ordinal));
        if (family is null)
            throw new AttuneException($"the source '{source}' names the family '{name}', which is not known; known are {string.Join(", ", TaskFamilies.Training.Select(f => f.Name))}");
        return family.HeldOut ? throw new AttuneException($"the source '{source}' names the family '{name}', which is kept from training to measure on; leave it out") : family;
    }
}
