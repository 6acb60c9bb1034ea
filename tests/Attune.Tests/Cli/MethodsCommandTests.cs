using System.Text.Json;
using Attune.Methods;

namespace Attune.Tests.Cli;

public class MethodsCommandTests
{
    [Fact]
    public void Methods_AsJson_IsAnArrayWithEveryMethodOfTheCatalog()
    {
        var run = CliRun.Of("methods", "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(Catalog.All.Select(m => m.Card.Name), json.RootElement.EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.All(json.RootElement.EnumerateArray(), m => Assert.NotEqual("", m.GetProperty("paper").GetString()));
        Assert.Empty(run.Error);
    }

    [Fact]
    public void Methods_AsTable_NamesEveryMethod()
    {
        var run = CliRun.Of("methods");
        Assert.Equal(0, run.Code);
        Assert.All(Catalog.All, m => Assert.Contains(m.Card.Name, run.Out, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public void Methods_OfOne_ShowsPaperAndEveryOption()
    {
        foreach (var method in Catalog.All)
        {
            var run = CliRun.Of("methods", method.Card.Name);
            Assert.Equal(0, run.Code);
            Assert.Contains(method.Card.Paper.Split(',')[0], run.Out, StringComparison.Ordinal);
            Assert.All(Catalog.Options(method), o => Assert.Contains(o.Name, run.Out, StringComparison.Ordinal));
        }
    }
}
