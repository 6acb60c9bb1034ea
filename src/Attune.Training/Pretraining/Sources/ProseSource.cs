using System.Globalization;
using Attune.Data.Generators;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>Plain English that is made by rule.</summary>
/// <param name="maxCharacters">Longest document.</param>
public sealed class ProseSource(string name, int maxCharacters, SeededRandom random) : IDocumentSource
{
    /// <summary>Texts from which a tokenizer may be learned.</summary>
    private const int SampleTexts = 8000;

    private DocumentEncoder? encoder;

    public string Name => name;

    public string Identity { get; } = string.Create(CultureInfo.InvariantCulture, $"prose {maxCharacters}");

    public long? Tokens => null;

    public IReadOnlyList<HeldOutSet> HeldOut => [new HeldOutSet(name, number => Draw($"held-out {number}"))];

    public IEnumerable<string> Samples() => Enumerable.Range(0, SampleTexts).Select(i => GeneratedProse.Draw(random.Fork(FormattableString.Invariant($"sample {i}")), maxCharacters));

    public void Prepare(DocumentEncoder encoder) => this.encoder = encoder;

    public Document Read(long number) => Draw($"text {number}");

    private Document Draw(FormattableString purpose) => new(encoder!.Encode(GeneratedProse.Draw(random.Fork(FormattableString.Invariant(purpose)), maxCharacters)), []);
}
