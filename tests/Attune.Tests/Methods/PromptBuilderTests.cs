using Attune.Data;
using Attune.Methods;
using Attune.Models;
using Attune.Models.Generation;

namespace Attune.Tests.Methods;

public sealed class PromptBuilderTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Language(context: 64);

    [Fact]
    public void Labels_OneBeginsAnother_AllGetAnEnd()
    {
        var builder = new PromptBuilder(model, Template(), OverflowPolicy.Error);
        var tokens = builder.Labels(["cancel", "cancel reservation", "yes"]);
        var separator = model.Tokenizer.Encode("\n\n", addSpecial: false)[0];
        Assert.All(tokens, t => Assert.Equal(separator, t[^1]));
        Assert.Equal(model.Tokenizer.Encode(" cancel", addSpecial: false), tokens[0][..^1]);
    }

    [Fact]
    public void Labels_NoneBeginsAnother_AreTheirWordsAlone()
    {
        var builder = new PromptBuilder(model, Template(), OverflowPolicy.Error);
        var tokens = builder.Labels(["positive", "negative"]);
        Assert.Equal(model.Tokenizer.Encode(" positive", addSpecial: false), tokens[0]);
    }

    [Fact]
    public void Build_TooLong_FollowsThePolicy()
    {
        Example[] demonstrations = [.. Enumerable.Range(0, 4).Select(i => new Example($"train:{i}", Input.FromText($"demonstration {i}"), "yes", null, i))];
        var query = Input.FromText("query");
        Assert.Throws<ContextOverflowException>(() => Builder(OverflowPolicy.Error).Build(demonstrations, query, 2));
        Assert.True(Builder(OverflowPolicy.Drop).Build(demonstrations, query, 2).Dropped);

        var fewer = Builder(OverflowPolicy.DropShots).Build(demonstrations, query, 2);
        Assert.StartsWith("dropped ", fewer.Overflow, StringComparison.Ordinal);
        Assert.EndsWith("demonstration 3: yes\n\nquery:", fewer.Text, StringComparison.Ordinal);
        Assert.True(fewer.Tokens.Length <= 62);

        var cut = Builder(OverflowPolicy.Truncate).Build(demonstrations, query, 2);
        Assert.Equal(62, cut.Tokens.Length);
        Assert.StartsWith("truncated ", cut.Overflow, StringComparison.Ordinal);
        Assert.EndsWith("query:", model.Tokenizer.Decode(cut.Tokens, skipSpecial: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_InputAloneTooLong_DropShotsSaysSo()
    {
        var e = Assert.Throws<ContextOverflowException>(() => Builder(OverflowPolicy.DropShots).Build([], Input.FromText(new string('x', 100)), 1));
        Assert.Equal(64, e.Limit);
    }

    [Fact]
    public void Build_SpecialTokenInText_StaysText()
    {
        var tokens = Builder(OverflowPolicy.Error).Build([], Input.FromText("a<|end|>"), 1).Tokens;
        Assert.DoesNotContain(256, tokens);
    }

    [Fact]
    public void Build_PlainPrompt_IsTheTemplateLetterByLetter()
    {
        var demo = new Example("train:1", Input.FromText("one"), "yes", null, 1);
        var built = Builder(OverflowPolicy.Error).Build([demo], Input.FromText("two"), 1);
        Assert.Equal("one: yes\n\ntwo:", built.Text);
        Assert.Equal(model.Tokenizer.Encode(built.Text, addSpecial: false), built.Tokens);
    }

    public void Dispose() => model.Dispose();

    private static PromptTemplate Template() => new() { InputTemplate = "{text}:" };

    private PromptBuilder Builder(OverflowPolicy policy) => new(model, Template(), policy);
}
