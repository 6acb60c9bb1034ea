using System.Text;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

/// <summary>One clear sentence for each way in which data can be wrong.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Error(string name, string text, DataOptions? options = null) => Error(name, Encoding.UTF8.GetBytes(text), options);

    private string Error(string name, byte[] bytes, DataOptions? options = null)
    {
        var path = folder.Write(name, bytes);
        var error = Assert.Throws<AttuneException>(() => DataReader.Read(path, options));
        Assert.Equal(AttuneErrorKind.Request, error.Kind);
        Assert.Contains(path, error.Message);
        Assert.EndsWith(".", error.Message);
        return error.Message;
    }

    [Theory]
    [InlineData("no column", "review,stars\nx,1\n", "no column 'label'")]
    [InlineData("no column", "review,stars\nx,1\n", "'review', 'stars'")]
    [InlineData("no column", "review,stars\nx,1\n", "--label")]
    [InlineData("no header", "good,a\nbetter,b\n", "--columns")]
    [InlineData("one label", "text,label\nx,a\ny,a\n", "Every row")]
    [InlineData("empty text", "text,label\nx,a\n  ,b\n", "line 3: 'text' is empty")]
    [InlineData("empty label", "text,label\nx,a\ny,\n", "line 3: 'label' is empty")]
    [InlineData("wrong width", "text,label\nx,a\ny,b,c\n", "line 3: 3 fields; expected 2 (text, label)")]
    [InlineData("duplicate header", "text,text,label\nx,y,a\n", "'text' twice")]
    [InlineData("empty", "", "is empty")]
    [InlineData("blank", "\n\n", "is empty")]
    [InlineData("header only", "text,label\n", "no rows")]
    [InlineData("semicolons", "text;label\nx;a\n", "commas")]
    [InlineData("ambiguous input", "title,body,label\nx,y,a\np,q,b\n", "--text")]
    [InlineData("ambiguous label", "text,class,category\nx,y,a\np,q,b\n", "--label")]
    [InlineData("ambiguous kind", "text,label\nx,0.5\ny,1.5\n", "--task")]
    [InlineData("two kinds", "prompt,completion,label\nx,y,z\n", "--task")]
    [InlineData("quote", "text,label\nx,a\n\"y\"z,b\n", "line 3: text after a closing quote")]
    [InlineData("quote", "text,label\nx,a\n\"y,b\nz,a\n", "line 3: a quote that is never closed")]
    [InlineData("stray quote that swallows a row", "text,label\n\"x\"y\"\nz,a\n", "line 2")]
    [InlineData("odd name", "a{b,label\nx,a\ny,b\n", "'a{b'")]
    public void Csv_Wrong_SaysWhat(string what, string text, string says)
    {
        Assert.NotEmpty(what);
        Assert.Contains(says, Error("bad.csv", text));
    }

    [Theory]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n{text: bad}\n", "line 2: not a JSON object")]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n[1,2]\n", "line 2: a list; expected an object")]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":", "line 2")]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n{\"label\":\"a\"}\n", "line 2: no 'text'")]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":5,\"label\":\"a\"}\n", "line 2: 'text' is a number; expected a text")]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":\"y\",\"label\":null}\n", "line 2: 'label' is null")]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":\"y\",\"label\":[\"a\"]}\n", "line 2: 'label' is a list")]
    [InlineData("{\"text\":\"x\",\"text\":\"y\",\"label\":\"a\"}\n", "line 1: 'text' twice")]
    [InlineData("{\"text\":\"\\ud800\",\"label\":\"a\"}\n", "line 1: a \\u escape")]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"x\"],\"label\":\"x\"}\n", "line 1: 'choices' holds 1 choice")]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"x\",\"x\"],\"label\":\"x\"}\n", "line 1: 'choices' holds the choice 'x' twice")]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"x\",\"\\udc00\"],\"label\":\"x\"}\n", "line 1: a \\u escape")]
    [InlineData("{\"question\":\"Q\",\"choices\":[\"x\",\"y\"],\"label\":2}\n", "line 1: the label '2' is none of the 2 choices")]
    [InlineData("{\"question\":\"Q\",\"choices\":\"x\",\"label\":2}\n", "line 1: 'choices' holds 1 choice")]
    [InlineData("{\"prompt\":\"Q\",\"completion\":\"\"}\n", "line 1: 'completion' is empty")]
    [InlineData("{\"text\":\"Q\",\"labels\":[{\"slot\":\"s\",\"start\":2,\"end\":1}]}\n", "line 1: 'labels' holds a span")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"user\",\"content\":\"Hi\"}]}\n", "line 1: 'messages' does not end")]
    public void JsonLines_Wrong_SaysWhat(string text, string says) => Assert.Contains(says, Error("bad.jsonl", text));

    [Theory]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"},\n{\"text\":}]", "line 2: not JSON")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"},\n3]", "line 2: a number; expected an object")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"}\n", "line 2: not JSON")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"}] x", "not JSON")]
    [InlineData("[]", "is empty")]
    public void JsonList_Wrong_SaysWhat(string text, string says) => Assert.Contains(says, Error("bad.json", text));

    [Fact]
    public void Read_MissingFile_IsSaid()
    {
        var error = Assert.Throws<AttuneException>(() => DataReader.Read(Path.Combine(folder.Path, "none.csv")));
        Assert.Contains("does not exist", error.Message);
    }

    [Fact]
    public void Read_FolderWithoutTrain_ListsItsFiles()
    {
        folder.Write("one.jsonl", "{}");
        Assert.Contains("'one.jsonl'", Assert.Throws<AttuneException>(() => DataReader.Read(folder.Path)).Message);
    }

    [Fact]
    public void Read_TwoTrainFiles_AreAmbiguous()
    {
        folder.Write("train.csv", "text,label\n");
        folder.Write("train.jsonl", "{}");
        Assert.Contains("'train.csv', 'train.jsonl'", Assert.Throws<AttuneException>(() => DataReader.Read(folder.Path)).Message);
    }

    [Fact]
    public void Read_TaskJsonThatIsNoJson_IsSaidWithItsLine()
    {
        folder.Write("train.csv", "text,label\nx,a\n");
        folder.Write("task.json", "{\n\"kind\" \"classification\"}");
        Assert.Contains("task.json line 2", Assert.Throws<AttuneException>(() => DataReader.Read(folder.Path)).Message);
    }

    [Fact]
    public void Read_LabelThatTheTaskDoesNotList_IsSaidWithTheListed()
    {
        folder.Write("task.json", """{"kind":"classification","labels":["a","b"]}""");
        folder.Write("train.csv", "text,label\nx,a\ny,z\n");
        var error = Assert.Throws<AttuneException>(() => DataReader.Read(folder.Path)).Message;
        Assert.Contains("line 3: label 'z', which the task does not list; expected one of 'a', 'b'", error);
    }

    [Fact]
    public void Read_TestFileWithoutTheLabelColumn_ListsItsColumns()
    {
        folder.Write("train.csv", "text,label\nx,a\ny,b\n");
        folder.Write("test.csv", "text,class\nx,a\n");
        Assert.Contains("no column 'label'", Assert.Throws<AttuneException>(() => DataReader.Read(folder.Path)).Message);
    }

    [Fact]
    public void Read_OtherKindThanTaskJson_IsRefused()
    {
        folder.Write("train.csv", "text,label\nx,a\ny,b\n");
        folder.Write("task.json", """{"kind":"classification"}""");
        Assert.Contains("--task says spans", Assert.Throws<AttuneException>(() => DataReader.Read(folder.Path, new DataOptions { Kind = TaskKind.Spans })).Message);
    }

    [Fact]
    public void Read_TenThousandLabels_LookLikeFreeTextUnlessAsked()
    {
        var text = "text,label\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"t{i},answer {i}\n"));
        var error = Error("many.csv", text);
        Assert.Contains("10000 different labels in 10000 rows", error);
        Assert.Contains("--task", error);
        var data = DataReader.Read(folder.Write("many.csv", text), new DataOptions { Kind = TaskKind.Classification });
        Assert.Contains(data.Report.Warnings, w => w.Found.Contains("free text"));
    }

    [Fact]
    public void Read_RowTooLong_IsRefused() =>
        Assert.Contains("line 2 is longer than 8 MiB", Error("long.csv", "text,label\n" + new string('x', (8 << 20) + 1) + ",a\n"));

    [Fact]
    public void Read_QuotedRowTooLong_IsRefused() =>
        Assert.Contains("more than 8 MiB", Error("long.csv", "text,label\n\"" + string.Concat(Enumerable.Repeat(new string('x', 1 << 20) + "\n", 20)) + "\",a\n"));

    [Fact]
    public void Read_InvalidUtf8_IsSaidWithLineAndByte() =>
        Assert.Contains("line 2 is not UTF-8 (byte 0xFF)", Error("utf8.csv", [.. "text,label\n"u8, 0xFF, .. ",a\n"u8]));

    [Fact]
    public void Read_Nul_IsNoText() => Assert.Contains("line 2 holds a NUL byte", Error("nul.csv", "text,label\nx\0y,a\n"));

    public static TheoryData<byte[], string> Binaries => new()
    {
        { [0xFF, 0xFE, (byte)'t', 0], "UTF-16" },
        { "PK\u0003\u0004rest"u8.ToArray(), "workbook" },
        { "PAR1rest"u8.ToArray(), "Parquet" },
        { [0x1F, 0x8B, 8, 0], "compressed" },
        { [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 0, 0], "NUL" },
    };

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Read_BinaryFile_IsNamed(byte[] bytes, string says) => Assert.Contains(says, Error("data.csv", bytes));

    [Fact]
    public void Read_UnknownFormat_ListsTheEndings() => Assert.Contains(".jsonl", Error("data.txt", "some text"));

    [Fact]
    public void Read_RepeatedHeader_IsSaid() =>
        Assert.Contains("--columns", Error("h.csv", "text,label\nx,a\n", new DataOptions { Columns = ["text", "label"] }));

    [Fact]
    public void Read_AllRowsBad_NamesTheFirst() =>
        Assert.Contains("line 2", Error("all.csv", "text,label\n,a\n,b\n", new DataOptions { BadRows = BadRows.Skip }));
}
