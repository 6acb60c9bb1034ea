using Attune.Models.Saving;
using Attune.Tensors;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Models.Saving;

/// <summary>What --force must not destroy.</summary>
public sealed class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("models/a", "models/a/x.gguf")]
    [InlineData("models", "models/a/x.gguf")]
    [InlineData("models/a/x.gguf", "models/a/x.gguf")]
    [InlineData("models/a/out", "models/a")]
    [InlineData("link", "models/a/x.gguf")]
    [InlineData("link/out", "models/a")]
    public void RequireApart_OutputAroundOrInsideTheSource_IsRefused(string output, string source)
    {
        Prepare();
        Assert.Throws<AttuneException>(() => OutputFolder.RequireApart(folder.File(output), folder.File(source)));
    }

    [Theory]
    [InlineData("models/b", "models/a")]
    [InlineData("models/a/y.gguf", "models/a/x.gguf")]
    [InlineData("models/ab", "models/a")]
    public void RequireApart_Neighbours_AreFree(string output, string source)
    {
        Prepare();
        OutputFolder.RequireApart(folder.File(output), folder.File(source));
    }

    [Fact]
    public void Save_OverTheSourcesFolder_LeavesTheSource()
    {
        Prepare();
        var source = TinyFiles.WriteGguf(folder.File("models/a/x.gguf"));
        foreach (var output in new[] { "models/a", "models", "link" })
            Assert.Throws<AttuneException>(() => ModelSaver.Save(source, folder.File(output), new SaveOptions { Format = ModelFormat.Safetensors, Overwrite = true }));
        Assert.True(File.Exists(source));
    }

    [Fact]
    public void Save_OverAFolderWithOtherFiles_NamesTheFirstAndLeavesThem()
    {
        var source = TinyFiles.WriteGguf(folder.File("x.gguf"));
        var (output, options) = (folder.File("out"), new SaveOptions { Format = ModelFormat.Safetensors, Overwrite = true });
        var partial = Directory.CreateDirectory(output + ".partial").FullName;
        ModelSaver.Save(source, output, options);
        ModelSaver.Save(source, output, options);
        File.WriteAllText(Path.Combine(output, "thesis.txt"), "years");
        var error = Assert.Throws<AttuneException>(() => ModelSaver.Save(source, output, options));
        Assert.Contains("thesis.txt", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(output, "thesis.txt")));
        Assert.Equal([output, partial, source], Directory.GetFileSystemEntries(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Save_AFolderWithAReadme_ReplacesItsOwnFormerResult()
    {
        ModelSaver.Save(TinyFiles.WriteGguf(folder.File("x.gguf")), folder.File("base"), new SaveOptions { Format = ModelFormat.Safetensors });
        File.WriteAllText(folder.File("base/README.md"), "a model");
        for (var i = 0; i < 2; i++)
            ModelSaver.Save(folder.File("base"), folder.File("out"), new SaveOptions { Overwrite = true });
        Assert.True(File.Exists(folder.File("out/README.md")));
    }

    private void Prepare()
    {
        Directory.CreateDirectory(folder.File("models/a"));
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("models/a"));
    }
}
