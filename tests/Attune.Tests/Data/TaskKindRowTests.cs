using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

/// <summary>Rows of the kinds other than classification, by hand.</summary>
public sealed class TaskKindRowTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Dataset Read(string text, string name = "rows.jsonl", DataOptions? options = null) => DataReader.Read(folder.Write(name, text), options);

    [Theory]
    [InlineData("""{"prompt":"p","completion":["a","b","c"]}""", "a", "b c")]
    [InlineData("""{"prompt":"p","completion":"a","references":["b","a","c"]}""", "a", "b c")]
    [InlineData("""{"prompt":"p","completion":"a","references":null}""", "a", "")]
    [InlineData("""{"prompt":"p","references":["b","c"]}""", "b", "c")]
    [InlineData("""{"prompt":"p","references":"b"}""", "b", "")]
    public void Generation_WithSeveralAnswers_HasThemInOrder(string row, string label, string references)
    {
        var data = Read(row + "\n");
        Assert.Equal((TaskKind.Generation, label, references), (data.Task.Kind, data.Train[0].Label, string.Join(' ', data.Train[0].References)));
        Assert.Equal("p", data.Train[0].Input.Text);
    }

    [Fact]
    public void Generation_InATable_TakesReferencesAsAList()
    {
        var data = Read("prompt,completion,references\np,a,\"[\"\"b, c\"\",\"\"d\"\"]\"\nq,b,\n", "rows.csv");
        Assert.Equal([["b, c", "d"], []], data.Train.Select(e => e.References));
        Assert.Equal("references", data.Report.Columns[2].Role);
    }

    [Fact]
    public void Spans_OfATextWithCharactersOfTwoUnits_AreCountedByCharacter()
    {
        var data = Read("""{"text":"😀 at 5pm","labels":[{"slot":"time","start":5,"end":8,"value":"5pm"},{"slot":"all","start":0,"end":8},{"slot":"none","start":8,"end":8}]}""" + "\n");
        Assert.Equal(TaskKind.Spans, data.Task.Kind);
        Assert.Empty(Read("""{"text":"x","labels":[]}""" + "\n").Report.SkippedRows);
    }

    [Theory]
    [InlineData("""{"slot":"t","start":0,"end":9}""", "up to character 9, and the text has 8")]
    [InlineData("""{"slot":"t","start":0,"end":1,"value":"5"}""", "characters 0 to 1 are '5', and they are '😀'")]
    [InlineData("""{"slot":"t","start":-1,"end":1}""", "0 ≤ start ≤ end")]
    [InlineData("""{"slot":"t","start":0.5,"end":1}""", "0 ≤ start ≤ end")]
    [InlineData("""{"start":0,"end":1}""", "0 ≤ start ≤ end")]
    [InlineData("3", "0 ≤ start ≤ end")]
    public void Spans_ThatDoNotFitTheText_AreABadRow(string span, string expected)
    {
        var error = Assert.Throws<AttuneException>(() => Read("""{"text":"x","labels":[]}""" + "\n" + """{"text":"😀 at 5pm","labels":[""" + span + "]}\n"));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_WithParts_BecomeTexts()
    {
        var data = Read("""{"messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"H"},{"type":"text","text":"i"}]},{"role":"assistant","content":[{"type":"text","text":"Yes"}]}]}""" + "\n");
        Assert.Equal((TaskKind.Conversation, "Yes"), (data.Task.Kind, data.Train[0].Label));
        Assert.Equal("""[{"role":"system","content":"S"},{"role":"user","content":"Hi"}]""", data.Train[0].Input.Text);
    }

    [Fact]
    public void Messages_WithAToolCall_KeepIt()
    {
        var data = Read("""{"messages":[{"role":"user","content":"2+2"},{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},{"role":"tool","content":"4"},{"role":"assistant","content":"Four"}]}""" + "\n");
        Assert.Contains("\"tool_calls\":[{\"id\":\"1\"}]", data.Train[0].Input.Text, StringComparison.Ordinal);
        Assert.Equal("Four", data.Train[0].Label);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":"a"},{"role":"narrator","content":"b"},{"role":"assistant","content":"c"}]""", "a turn of 'narrator'")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{}}]},{"role":"assistant","content":"c"}]""", "images and sounds are not read")]
    [InlineData("""[{"role":"user","content":5},{"role":"assistant","content":"c"}]""", "content is a number")]
    [InlineData("""[{"role":"user","content":null},{"role":"assistant","content":"c"}]""", "content is null")]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":""}]""", "an empty reply")]
    [InlineData("""[{"role":"user"},{"role":"assistant","content":"c"}]""", "not {role, content}")]
    [InlineData("""[{"role":"assistant","content":"c"}]""", "two turns or more")]
    [InlineData("\"Hi\"", "is a text; expected a list")]
    public void Messages_ThatAreNoConversation_AreABadRow(string messages, string expected)
    {
        const string good = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""";
        var text = good + "\n" + """{"messages":""" + messages + "}\n";
        var error = Assert.Throws<AttuneException>(() => Read(text));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        var data = Read(text, options: new DataOptions { BadRows = BadRows.Skip });
        Assert.Equal((1, 1), (data.Train.Count, data.Report.Files[0].Skipped));
    }

    [Theory]
    [InlineData("1e3")]
    [InlineData(" -0.25 ")]
    public void Targets_ThatAreNumbers_AreTaken(string target)
    {
        var data = Read($"text,score\nx,{target}\ny,2\n", "rows.csv", new DataOptions { Kind = TaskKind.Regression });
        Assert.Equal([target.Trim(), "2"], data.Train.Select(e => e.Label));
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData("")]
    [InlineData("much")]
    public void Targets_ThatAreNoNumbers_AreABadRow(string target)
    {
        var error = Assert.Throws<AttuneException>(() => Read($"text,score\nx,1\ny,\"{target}\"\n", "rows.csv", new DataOptions { Kind = TaskKind.Regression }));
        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected a number", error.Message, StringComparison.Ordinal);
    }
}
