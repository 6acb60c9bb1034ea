namespace Attune.Data.Generators;

/// <summary>All families of tasks in this assembly, by name in ordinal order.</summary>
public static class TaskFamilies
{
    private static readonly Lazy<ITaskFamily[]> Found = new(Find);

    public static IReadOnlyList<ITaskFamily> All => Found.Value;

    /// <summary>The families that a model may be trained on.</summary>
    public static IReadOnlyList<ITaskFamily> Training { get; } = [.. All.Where(f => !f.HeldOut)];

    /// <summary>The families that training never sees.</summary>
    public static IReadOnlyList<ITaskFamily> HeldOut { get; } = [.. All.Where(f => f.HeldOut)];

    private static ITaskFamily[] Find()
    {
        var made = typeof(TaskFamilies).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: false, IsInterface: false } && t.GetConstructor(Type.EmptyTypes) is not null)
            .Where(t => typeof(ITaskFamily).IsAssignableFrom(t) || typeof(IFamilySource).IsAssignableFrom(t))
            .Select(t => Activator.CreateInstance(t)!)
            .ToList();
        return [.. made.OfType<ITaskFamily>().Concat(made.OfType<IFamilySource>().SelectMany(s => s.Families)).OrderBy(f => f.Name, StringComparer.Ordinal)];
    }
}
