namespace Attune.Data;

/// <summary>The rows of each file.</summary>
internal sealed record SplitRows(IReadOnlyList<Example> Train, IReadOnlyList<Example> Dev, IReadOnlyList<Example>? Test)
{
    public IEnumerable<Example> All => Train.Concat(Dev).Concat(Test ?? []);
}
