using System.Text.Json;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

public class PromptTemplateTests
{
    private static readonly PromptTemplate Review = new() { InputTemplate = "Review: {text}\nSentiment:" };

    [Fact]
    public void RenderPlain_TwoDemonstrations_IsInputWordsSeparatorAndQuery()
    {
        Example[] shots = [Sets.Row("a", "good", "positive"), Sets.Row("b", "bad", "negative")];
        Assert.Equal(
            "Review: good\nSentiment: positive\n\nReview: bad\nSentiment: negative\n\nReview: so so\nSentiment:",
            Review.RenderPlain(shots, Input.FromText("so so")));
    }

    [Theory]
    [InlineData(true, "Judge.\n\nReview: x\nSentiment:")]
    [InlineData(false, "Review: x\nSentiment:")]
    public void RenderPlain_Instruction_StandsInFrontOnlyIfUsed(bool use, string expected)
    {
        var template = Review with { Instruction = "Judge.", UseInstruction = use };
        Assert.Equal(expected, template.RenderPlain([], Input.FromText("x")));
    }

    [Fact]
    public void RenderTurns_InstructionAndDemonstration_AreTurnsWithoutLeadingSpace()
    {
        var template = Review with { Instruction = "Judge.", UseInstruction = true, Style = PromptStyle.Chat };
        PromptTurn[] expected =
        [
            new("system", "Judge."), new("user", "Review: good\nSentiment:"), new("assistant", "positive"), new("user", "Review: x\nSentiment:"),
        ];
        Assert.Equal(expected, template.RenderTurns([Sets.Row("a", "good", "positive")], Input.FromText("x")));
        Assert.Equal("positive", template.RenderLabel("positive"));
    }

    [Fact]
    public void RenderInput_DoubledBraces_AreBraces() =>
        Assert.Equal("{x} = 1 and {}", new PromptTemplate { InputTemplate = "{{x}} = {text} and {{}}" }.RenderInput(Input.FromText("1")));

    [Fact]
    public void RenderInput_BracesInTheText_AreLeftAlone() =>
        Assert.Equal("Review: {label} }}\nSentiment:", Review.RenderInput(Input.FromText("{label} }}")));

    [Theory]
    [InlineData("{text", "never closed")]
    [InlineData("text}", "not opened")]
    public void InputTemplate_UnbalancedBrace_IsRefused(string pattern, string says) =>
        Assert.Contains(says, Assert.Throws<AttuneException>(() => new PromptTemplate { InputTemplate = pattern }).Message);

    [Fact]
    public void Check_UnknownField_NamesTheKnownOnes()
    {
        var task = Sets.Task("a", "b") with { Fields = ["premise", "hypothesis"] };
        var error = Assert.Throws<AttuneException>(() => Review.Check(task));
        Assert.Contains("'text'", error.Message);
        Assert.Contains("'premise', 'hypothesis'", error.Message);
        Assert.Contains("'text'", Assert.Throws<AttuneException>(() =>
            new PromptTemplate { InputTemplate = "{label}" }.RenderInput(Input.FromText("x"))).Message);
    }

    [Fact]
    public void RenderInput_ChoicesPlaceholder_ListsThem()
    {
        var input = new Input(Input.FromText("Why?").Fields, ["so", "thus"]);
        Assert.Equal("Why?\n- so\n- thus", new PromptTemplate { InputTemplate = "{text}\n{choices}" }.RenderInput(input));
    }

    [Fact]
    public void FromJson_SomeKeys_OverrideTheTasksTemplate()
    {
        var task = Sets.Task("a", "b");
        var template = PromptTemplate.FromJson(JsonElement.Parse("""
            {"input": "T: {text} =>", "instruction": "Say a or b.", "words": {"b": " bee"}, "label_score": "pmi", "style": "chat", "demonstration_separator": "\n"}
            """), task);
        Assert.Equal("T: x => bee", template.RenderDemonstration(Sets.Row("r", "x", "b")));
        Assert.Equal(" a", template.Verbalizer["a"]);
        Assert.True(template.UseInstruction);
        Assert.Equal((LabelScore.Pmi, PromptStyle.Chat, "\n"), (template.LabelScore, template.Style, template.DemonstrationSeparator));
    }

    [Fact]
    public void FromJson_OfToJson_IsTheSame()
    {
        var task = Sets.Task("a", "b");
        var template = Review with
        {
            Instruction = "I", InstructionSeparator = "\n", LabelScore = LabelScore.FirstToken, PmiText = "N/A",
            Verbalizer = new Verbalizer { Words = new Dictionary<string, string> { ["b"] = " y", ["a"] = " x" } },
        };
        var again = PromptTemplate.FromJson(JsonElement.Parse(template.ToJson().ToJsonString()), task);
        Assert.Equal(template.ToJson().ToJsonString(), again.ToJson().ToJsonString());
        Assert.Equal(("I", false, "\n", " x"), (again.Instruction, again.UseInstruction, again.InstructionSeparator, again.Verbalizer["a"]));
    }

    [Theory]
    [InlineData("""{"inputs": "{text}"}""", "'inputs'")]
    [InlineData("""{"input": 3}""", "a number under 'input'")]
    [InlineData("""{"label_score": "best"}""", "'best'")]
    [InlineData("""{"words": {"c": " c"}}""", "'c', which is no label")]
    [InlineData("""{"words": {"a": " same", "b": "same"}}""", "same words")]
    [InlineData("""{"words": {"a": " "}}""", "empty")]
    [InlineData("""["{text}"]""", "a list; expected an object")]
    public void FromJson_WrongContent_SaysWhat(string json, string says) =>
        Assert.Contains(says, Assert.Throws<AttuneException>(() => PromptTemplate.FromJson(JsonElement.Parse(json), Sets.Task("a", "b"))).Message);

    [Fact]
    public void Check_OneLabelBeginsAnother_IsAllowed() => Review.Check(Sets.Task("pto request", "pto request status"));
}
