using System.Xml.Linq;

namespace Attune.Tests;

public class ProjectReferenceTests
{
    /// <summary>The order in which data flows (docs/design.md); a project refers only to those before it.</summary>
    private static readonly string[] Order =
    [
        "Attune.Tensors", "Attune.Models", "Attune.Data", "Attune.Training", "Attune.Methods",
        "Attune.Evaluation", "Attune.Reproductions", "Attune.Server", "Attune.Cli",
    ];

    [Fact]
    public void Projects_ReferToOthers_OnlyToThoseAboveThem()
    {
        var root = Path.Combine(TestFolders.RepositoryRoot, "src");
        var projects = Directory.GetFiles(root, "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var place = Array.IndexOf(Order, name);
            Assert.True(place >= 0, $"{name} has no place in the order of projects");
            foreach (var reference in XDocument.Load(project).Descendants("ProjectReference"))
            {
                var target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
                Assert.True(Array.IndexOf(Order, target) is var other && other >= 0 && other < place, $"{name} refers to {target}");
            }
        }
    }
}
