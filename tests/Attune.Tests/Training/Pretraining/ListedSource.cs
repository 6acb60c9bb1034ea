using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

/// <summary>Documents that a test writes down as tokens.</summary>
internal sealed class ListedSource(Func<long, Document> read, Func<int, Document?>? heldOut = null) : IDocumentSource
{
    public string Name => "listed";

    public string Identity => "listed";

    public long? Tokens => null;

    public IReadOnlyList<HeldOutSet> HeldOut => heldOut is null ? [] : [new HeldOutSet("listed", heldOut)];

    public IEnumerable<string> Samples() => ["aa aa aa"];

    public void Prepare(DocumentEncoder encoder, CancellationToken cancel)
    {
    }

    public Document Read(long number) => read(number);
}
