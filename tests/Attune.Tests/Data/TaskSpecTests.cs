using System.Text.Json;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

public class TaskSpecTests
{
    private static TaskSpec Read(string json) => TaskSpec.FromJson(JsonElement.Parse(json), "toy");

    [Fact]
    public void FromJson_TemplateAndWords_WinOverDefaultsAndLeaveTheInstructionOut()
    {
        var task = Read("""
            {"kind": "classification", "instruction": "Judge.", "labels": ["neg", "pos"], "template": "R: {text}\nS:", "words": {"neg": " bad"}, "note": "n"}
            """);
        Assert.Equal("R: x\nS:", task.Template.RenderPlain([], Input.FromText("x")));
        Assert.Equal((" bad", " pos"), (task.Template.RenderLabel("neg"), task.Template.RenderLabel("pos")));
        Assert.Equal(("toy", "Judge.", "n", 2), (task.Name, task.Instruction, task.Note, task.Labels.Count));
    }

    [Fact]
    public void FromJson_NoTemplate_WritesEachFieldAfterTheInstruction()
    {
        var task = Read("""{"kind": "classification", "instruction": "Entailed?", "labels": ["yes", "no"], "fields": ["premise", "hypothesis"]}""");
        var input = new Input(new OrderedDictionary<string, string> { ["premise"] = "A.", ["hypothesis"] = "B." });
        Assert.Equal("Entailed?\n\nPremise: A.\nHypothesis: B.\nLabel:", task.Template.RenderPlain([], input));
        Assert.Equal("premise: A.\nhypothesis: B.", input.Text);
    }

    [Fact]
    public void FromJson_MultipleChoiceDefault_AsksTheQuestionAndScoresTheChoice()
    {
        var task = Read("""{"kind": "multiple choice"}""");
        var input = new Input(new OrderedDictionary<string, string> { ["question"] = "Why?" }, ["so", "thus"]);
        Assert.Equal("Answer the question.\n\nQuestion: Why?\nAnswer:", task.Template.RenderPlain([], input));
        Assert.Equal(" thus", task.Template.RenderLabel("thus"));
    }

    [Fact]
    public void FromJson_OfToJson_IsTheSame()
    {
        var task = Read("""
            {"kind": "classification", "labels": ["b", "a"], "fields": ["x", "y"], "label": "class", "group": "user", "source": "S", "licence": "L", "rows": {"train": 3}, "template": {"input": "{y} {x}", "style": "chat"}}
            """);
        var again = TaskSpec.FromJson(JsonElement.Parse(task.ToJson().ToJsonString()), "other");
        Assert.Equal(task.ToJson().ToJsonString(), again.ToJson().ToJsonString());
        Assert.Equal(["b", "a"], again.Labels);
        Assert.Equal(("class", "user", 3, PromptStyle.Chat), (again.LabelColumn, again.GroupColumn, again.Rows["train"], again.Template.Style));
    }

    [Theory]
    [InlineData("""{"labels": ["a"]}""", "no 'kind'")]
    [InlineData("""{"kind": "banana"}""", "'banana'")]
    [InlineData("""{"kind": "classification", "labels": ["a", "a"]}""", "'a' twice")]
    [InlineData("""{"kind": "classification", "labels": ["a", " "]}""", "empty label")]
    [InlineData("""{"kind": "classification", "labels": "a"}""", "a list of texts")]
    [InlineData("""{"kind": "classification", "labels": ["a", "b"], "tempalte": "x"}""", "'tempalte'")]
    [InlineData("""{"kind": "classification", "labels": ["a", "b"], "template": "{txt}"}""", "'txt'")]
    [InlineData("""{"kind": "classification", "labels": ["a", "b"], "template": 4}""", "a number under 'template'")]
    [InlineData("""{"kind": "classification", "rows": {"train": "x"}}""", "counts")]
    [InlineData("[]", "a list; expected an object")]
    public void FromJson_WrongContent_SaysWhat(string json, string says) =>
        Assert.Contains(says, Assert.Throws<AttuneException>(() => Read(json)).Message);

    [Theory]
    [InlineData("generation")]
    [InlineData("span extraction")]
    [InlineData("regression")]
    [InlineData("conversation")]
    public void RequireComparable_KindsToCome_SayNotYet(string kind) =>
        Assert.Contains("yet", Assert.Throws<AttuneException>(Read($$"""{"kind": "{{kind}}"}""").RequireComparable).Message);

    [Fact]
    public void WithEveryField_Text_StandsInEachFieldAndChoicesStay()
    {
        var input = new Input(new OrderedDictionary<string, string> { ["a"] = "1", ["b"] = "2" }, ["x", "y"]).WithEveryField("N/A");
        Assert.Equal("a: N/A\nb: N/A", input.Text);
        Assert.Equal(["x", "y"], input.Choices);
    }
}
