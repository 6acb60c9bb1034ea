using System.Globalization;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>Texts that a generator makes, as many as are asked for.</summary>
/// <param name="draw">A document as a function of the numbers drawn.</param>
public sealed class GeneratedSource(string name, Func<SeededRandom, string> draw, SeededRandom random) : IDocumentSource
{
    private const int SampleDocuments = 4000;

    private DocumentEncoder? encoder;

    public string Name => name;

    public string Identity { get; } = "generated " + Fingerprint.Of(Enumerable.Range(0, 64).Select(i => draw(random.Fork(Purpose("sample", i)))));

    public long? Tokens => null;

    public IReadOnlyList<HeldOutSet> HeldOut => [new HeldOutSet(name, number => Document("held-out", number))];

    public IEnumerable<string> Samples() => Enumerable.Range(0, SampleDocuments).Select(i => draw(random.Fork(Purpose("sample", i))));

    public void Prepare(DocumentEncoder encoder, CancellationToken cancel) => this.encoder = encoder;

    public Document Read(long number) => Document("document", number);

    private Document Document(string set, long number) => encoder!.Encode(new LabelledText(draw(random.Fork(Purpose(set, number))), []));

    private static string Purpose(string set, long number) => string.Create(CultureInfo.InvariantCulture, $"{set} {number}");
}
