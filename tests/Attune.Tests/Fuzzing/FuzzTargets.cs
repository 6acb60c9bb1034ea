namespace Attune.Tests.Fuzzing;

/// <summary>Every target, in two groups that run beside each other.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> Containers => ContainerTargets.All;

    public static IReadOnlyList<FuzzTarget> Texts => [.. TextTargets.All, .. FolderTargets.All];

    public static int AllWeights => Containers.Concat(Texts).Sum(t => t.Weight);

    public static TheoryData<string> Names(IEnumerable<FuzzTarget> targets) => [.. targets.Select(t => t.Name)];
}
