using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>
/// The test rows in two halves, by a hash of their identity: the winner is chosen on one and reported on the other. A row that several seeds
/// drew is in the same half for all of them, and the halves do not depend on any method.
/// </summary>
internal sealed class TestHalves
{
    private readonly HashSet<string> choosing;

    public TestHalves(IEnumerable<string> ids)
    {
        var random = new SeededRandom(0).Fork("halves");
        var order = ids.Distinct(StringComparer.Ordinal).OrderBy(id => random.Fork(id).NextUInt64()).ThenBy(id => id, StringComparer.Ordinal).ToArray();
        choosing = order.Take((order.Length + 1) / 2).ToHashSet(StringComparer.Ordinal);
    }

    public bool Chooses(string id) => choosing.Contains(id);

    public bool Reports(string id) => !choosing.Contains(id);
}
