namespace Attune.Reproductions;

/// <summary>All reproductions of this project, found by being there.</summary>
public static class ReproductionCatalog
{
    /// <summary>By id, as numbers count.</summary>
    public static IReadOnlyList<IReproduction> All { get; } =
    [
        .. typeof(ReproductionCatalog).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: false, IsClass: true } && t.IsAssignableTo(typeof(IReproduction)))
            .Select(t => (IReproduction)Activator.CreateInstance(t)!)
            .OrderBy(r => r.Card.Id.Length).ThenBy(r => r.Card.Id, StringComparer.Ordinal),
    ];
}
