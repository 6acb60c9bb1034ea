using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Models.Loading;

public sealed class FolderChatTemplateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("null", null)]
    [InlineData("""[{"name":"tool_use","template":"t"},{"name":"default","template":"d"}]""", "d")]
    public void TextOf_ATextOrAList_IsTheDefault(string template, string? expected)
    {
        File.WriteAllText(folder.File("tokenizer_config.json"), $"{{\"chat_template\":{template}}}");
        Assert.Equal(expected, FolderChatTemplate.TextOf(folder.Path));
    }

    [Fact]
    public void TextOf_AListWithoutDefault_ListsTheNames()
    {
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"chat_template":[{"name":"tool_use","template":"t"},{"name":"rag","template":"r"}]}""");
        var error = Assert.Throws<ModelFileException>(() => FolderChatTemplate.TextOf(folder.Path));
        Assert.Contains("'tool_use', 'rag'", error.Message, StringComparison.Ordinal);
    }
}
