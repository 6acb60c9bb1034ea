using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

public sealed class DataReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Dataset Read(string name, string text, DataOptions? options = null) => DataReader.Read(folder.Write(name, text), options);

    public static TheoryData<string, string> SameRows => new()
    {
        { "rows.jsonl", "{\"text\":\"so, so\",\"label\":\"b\"}\n\n{\"text\":\"é \\\"q\\\"\",\"label\":\"a\"}\n" },
        { "rows.json", "[\n{\"text\":\"so, so\",\"label\":\"b\"},\n\n{\"text\":\"é \\\"q\\\"\",\"label\":\"a\"}]" },
        { "rows.csv", "text,label\n\"so, so\",b\n\"é \"\"q\"\"\",a\n" },
        { "rows.csv", "\uFEFFtext,label\r\n\"so, so\",b\r\n\"é \"\"q\"\"\",a" },
        { "rows.tsv", "text\tlabel\nso, so\tb\né \"q\"\ta\n" },
        { "rows.jsonl", "\uFEFF{\"label\":\"b\",\"text\":\"so, so\"}\n{\"text\":\"\\u00e9 \\\"q\\\"\",\"label\":\"a\"}" },
        { "rows.txt", "{\"text\":\"so, so\",\"label\":\"b\"}\n{\"text\":\"é \\\"q\\\"\",\"label\":\"a\"}\n" },
        { "rows.json", "{\"text\":\"so, so\",\"label\":\"b\"}\n{\"text\":\"é \\\"q\\\"\",\"label\":\"a\"}\n" },
    };

    [Theory]
    [MemberData(nameof(SameRows))]
    public void Read_AnyFormat_GivesTheSameRowsAndHash(string name, string text)
    {
        var data = Read(name, text);
        Assert.Equal(["so, so", "é \"q\""], data.Train.Select(e => e.Input.Text));
        Assert.Equal(["b", "a"], data.Train.Select(e => e.Label));
        Assert.Equal(["train:1", "train:2"], data.Train.Select(e => e.Id));
        Assert.Equal(["a", "b"], data.Task.Labels);
        Assert.Null(data.Test);
        Assert.Equal(Read("other.tsv", "text\tlabel\nso, so\tb\né \"q\"\ta").Hash, data.Hash);
        Assert.Matches("^[0-9a-f]{64}$", data.Hash);
    }

    [Fact]
    public void Read_OtherContent_ChangesTheHash()
    {
        string[] texts = ["text,label\nab,c\nx,y\n", "text,label\na,bc\nx,y\n", "text,label\nx,y\nab,c\n", "text,label,group\nab,c,1\nx,y,1\n"];
        Assert.Equal(4, texts.Select((t, i) => Read($"h{i}.csv", t).Hash).Distinct().Count());
    }

    [Fact]
    public void Read_JsonLines_CountsLinesOverBlankOnes() =>
        Assert.Equal([2, 5], Read("l.jsonl", "\n{\"text\":\"x\",\"label\":\"a\"}\n\n\n{\"text\":\"y\",\"label\":\"b\"}\n").Train.Select(e => e.Row));

    [Fact]
    public void Read_JsonList_CountsLines() =>
        Assert.Equal([1, 3], Read("l.json", "[{\"text\":\"x\",\n\"label\":\"a\"},\n{\"text\":\"y\",\"label\":\"b\"}]").Train.Select(e => e.Row));

    [Fact]
    public void Read_CsvWithLineBreakInQuotes_CountsLines()
    {
        var data = Read("l.csv", "text,label\n\"one\ntwo\",a\nthree,b\n");
        Assert.Equal([2, 4], data.Train.Select(e => e.Row));
        Assert.Equal("one\ntwo", data.Train[0].Input.Text);
    }

    [Fact]
    public void Read_QuoteInsideUnquotedField_IsText() =>
        Assert.Equal("say \"no\" now", Read("q.csv", "text,label\nsay \"no\" now,a\ny,b\n").Train[0].Input.Text);

    [Fact]
    public void Read_WholeNumbersAsLabels_AreOrderedByValue() =>
        Assert.Equal(["2", "10"], Read("n.jsonl", "{\"text\":\"x\",\"label\":10}\n{\"text\":\"y\",\"label\":2}\n").Task.Labels);

    [Fact]
    public void Read_PairOfSentences_IsTwoFields()
    {
        var data = Read("p.csv", "id,premise,hypothesis,label\n1,A.,B.,yes\n2,C.,D.,no\n");
        Assert.Equal(["premise", "hypothesis"], data.Task.Fields);
        Assert.Equal("premise: A.\nhypothesis: B.", data.Train[0].Input.Text);
        Assert.Equal(["unused", "input", "input", "label"], data.Report.Columns.Select(c => c.Role));
    }

    [Fact]
    public void Read_ColumnsOfATableWithoutHeader_AreTheNamesGiven()
    {
        var data = Read("c.csv", "good,a\nbetter,b\n", new DataOptions { Columns = ["text", "label"] });
        Assert.Equal(["good", "better"], data.Train.Select(e => e.Input.Text));
        Assert.Equal(1, data.Train[0].Row);
    }

    [Fact]
    public void Read_NamedColumns_AreTaken()
    {
        var options = new DataOptions { Text = ["review", "title"], Label = "stars", Group = "user" };
        var data = Read("c.csv", "title,review,stars,user,text\nT,R,1,u,x\nU,S,2,,x\n", options);
        Assert.Equal(["review", "title"], data.Train[0].Input.Fields.Keys);
        Assert.Equal(["u", null], data.Train.Select(e => e.Group));
    }

    [Fact]
    public void Read_GroupColumn_IsTakenByItsName() =>
        Assert.Equal("7", Read("g.jsonl", "{\"text\":\"x\",\"label\":\"a\",\"group\":7}\n{\"text\":\"y\",\"label\":\"b\"}\n").Train[0].Group);

    [Fact]
    public void Read_FolderWithTask_TakesAllThreeFiles()
    {
        folder.Write("task.json", """{"kind":"classification","labels":["b","a"],"template":"{text}:","rows":{"train":1,"test":3}}""");
        folder.Write("train.csv", "text,label\nx,a\n");
        folder.Write("dev.jsonl", "{\"text\":\"y\",\"label\":\"b\"}\n");
        folder.Write("test.tsv", "text\tlabel\nz\ta\nw\tb\n");
        folder.Write("extra.csv", "text,label\n");
        var data = DataReader.Read(folder.Path);
        Assert.Equal(["b", "a"], data.Task.Labels);
        Assert.Equal((1, 1, 2), (data.Train.Count, data.Dev.Count, data.Test!.Count));
        Assert.Equal("test:2", data.Test[1].Id);
        Assert.Contains(data.Report.Warnings, w => w.Found.Contains("test.tsv has 2 rows, and task.json says 3"));
        Assert.Contains(data.Report.Warnings, w => w.Found.Contains("'extra.csv' was not read"));
    }

    [Fact]
    public void Read_FolderWithoutTask_InfersIt()
    {
        folder.Write("train.csv", "text,label\nx,a\ny,b\n");
        folder.Write("test.csv", "text,label\nz,c\n");
        Assert.Equal(["a", "b", "c"], DataReader.Read(folder.Path).Task.Labels);
    }

    [Fact]
    public void Read_TestFile_TakesThePlaceOfTheFolders()
    {
        var test = folder.Write("mine.csv", "text,label\nz,a\n");
        var data = Read("train.csv", "text,label\nx,a\ny,b\n", new DataOptions { TestFile = test });
        Assert.Equal("z", Assert.Single(data.Test!).Input.Text);
    }

    [Fact]
    public void Read_SingleFileBesideTaskJson_SaysThatItIsNotUsed()
    {
        folder.Write("task.json", "{}");
        Assert.Contains(Read("rows.csv", "text,label\nx,a\ny,b\n").Report.Warnings, w => w.Found.Contains("task.json") && w.Remedy.Contains("folder"));
    }

    [Theory]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"x\",\"y\"],\"answer\":1}\n", "y")]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"x\",\"y\"],\"label\":\"x\"}\n", "x")]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"x\",\"y\"],\"label\":\"B\"}\n", "y")]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"1\",\"0\"],\"label\":\"0\"}\n", "0")]
    public void Read_Choices_AreMultipleChoiceWithTheRightText(string row, string label)
    {
        var data = Read("m.jsonl", row);
        Assert.Equal(TaskKind.MultipleChoice, data.Task.Kind);
        Assert.Equal(label, data.Train[0].Label);
        Assert.Equal("Q", data.Train[0].Input.Text);
        Assert.Equal(2, data.Train[0].Input.Choices!.Count);
    }

    [Fact]
    public void Read_ChoicesInATable_AreBetweenBarsOrAList()
    {
        var data = Read("m.csv", "question,choices,label\nQ,x | y,y\nR,\"[\"\"p, q\"\",\"\"r\"\"]\",A\n");
        Assert.Equal([["x", "y"], ["p, q", "r"]], data.Train.Select(e => e.Input.Choices!));
        Assert.Equal(["y", "p, q"], data.Train.Select(e => e.Label));
    }

    [Fact]
    public void Read_OtherKinds_AreRead()
    {
        var generation = Read("g.jsonl", "{\"prompt\":\"p\",\"completion\":[\"a\",\"b\"]}\n");
        Assert.Equal((TaskKind.Generation, "a", "b"), (generation.Task.Kind, generation.Train[0].Label, generation.Train[0].References[0]));
        var spans = Read("s.jsonl", "{\"text\":\"at 5\",\"labels\":[{\"slot\":\"time\",\"start\":3,\"end\":4}]}\n");
        Assert.Equal(TaskKind.Spans, spans.Task.Kind);
        var regression = Read("r.csv", "text,label\nx,0.5\n", new DataOptions { Kind = TaskKind.Regression });
        Assert.Equal("0.5", regression.Train[0].Label);
        var chat = Read("c.jsonl", """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}""" + "\n");
        Assert.Equal((TaskKind.Conversation, "Hello"), (chat.Task.Kind, chat.Train[0].Label));
        Assert.DoesNotContain("Hello", chat.Train[0].Input.Text);
    }

    [Fact]
    public void Read_BadRowsSkipped_AreCountedAndNamed()
    {
        var data = Read("b.csv", "text,label\nx,a\nwide,a,b\n,a\ny,b\n", new DataOptions { BadRows = BadRows.Skip });
        Assert.Equal(["train:1", "train:4"], data.Train.Select(e => e.Id));
        Assert.Equal(2, data.Report.SkippedRows.Count);
        Assert.Contains("line 3: 3 fields; expected 2", data.Report.SkippedRows[0]);
        Assert.Equal(2, data.Report.Files[0].Skipped);
        Assert.Contains(data.Report.Warnings, w => w.Found.StartsWith("2 bad rows were left out"));
    }

    [Fact]
    public void Read_KnownTask_TakesItsLabelsAndRenamesColumns()
    {
        var task = Sets.Task("a", "b", "c");
        var data = Read("k.csv", "review,label\nx,c\n", new DataOptions { Task = task, Text = ["review"] });
        Assert.Equal("Text: x\nLabel:", data.Task.Template.RenderInput(data.Train[0].Input));
        Assert.Equal(["a", "b", "c"], data.Task.Labels);
    }

    [Fact]
    public void ReadInputs_WithoutLabels_GivesTheRowsInOrder() =>
        Assert.Equal(["x", "y"], DataReader.ReadInputs(folder.Write("i.csv", "text\nx\ny\n"), Sets.Task("a", "b")).Select(i => i.Text));

    [Theory]
    [InlineData("plain, text")]
    [InlineData("{\"text\": \"plain, text\", \"id\": 4}")]
    public void ParseInput_LineOfAStream_IsTheTextOrTheObjectsFields(string line) =>
        Assert.Equal("plain, text", DataReader.ParseInput(line, 1, Sets.Task("a", "b")).Text);

    [Theory]
    [InlineData("", "line 7: 'text' is empty")]
    [InlineData("{\"txt\": \"x\"}", "'txt'")]
    [InlineData("{\"text\": ", "line 7: not a JSON object")]
    public void ParseInput_BadLine_SaysWhat(string line, string says) =>
        Assert.Contains(says, Assert.Throws<AttuneException>(() => DataReader.ParseInput(line, 7, Sets.Task("a", "b"))).Message);

    [Fact]
    public void ParseInput_PlainTextForSeveralFields_IsRefused() =>
        Assert.Contains("'a', 'b'", Assert.Throws<AttuneException>(() =>
            DataReader.ParseInput("x", 1, Sets.Task("y", "n") with { Fields = ["a", "b"] })).Message);

    [Fact]
    public void Input_OfALabelledRow_DoesNotHoldTheLabel()
    {
        var input = Read("i.csv", "text,label,note\nx,secret,secret\ny,b,b\n").Train[0].Input;
        Assert.Equal(["text"], input.Fields.Keys);
        Assert.DoesNotContain(input.GetType().GetProperties(), p => p.PropertyType == typeof(Example));
    }
}
