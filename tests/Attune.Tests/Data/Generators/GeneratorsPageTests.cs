using Attune.Data.Generators;

namespace Attune.Tests.Data.Generators;

public sealed class GeneratorsPageTests
{
    [Fact]
    public void Page_Families_AreListedAsTheyAre()
    {
        var page = File.ReadAllLines(Path.Combine(TestFolders.RepositoryRoot, "docs", "generators.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal) && l.Contains("| `", StringComparison.Ordinal));
        var families = TaskFamilies.All.Select(f => $"| {f.Kind} | `{f.Name}` | {f.Summary} | {(f.HeldOut ? "held out" : "")} |");
        Assert.Equal(families.Order(StringComparer.Ordinal), page.Order(StringComparer.Ordinal));
    }
}
