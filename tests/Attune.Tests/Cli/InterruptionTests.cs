using Attune.Cli;
using Attune.Cli.Terminal;

namespace Attune.Tests.Cli;

public class InterruptionTests
{
    private readonly List<int> exits = [];

    [Fact]
    public void Press_Twice_CancelsThenExits()
    {
        using var interruption = new Interruption(exits.Add);
        interruption.Press();
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Empty(exits);
        interruption.Press();
        Assert.Equal([ExitCode.Interrupted], exits);
    }

    [Fact]
    public void Press_DuringAPart_StopsThatAlone()
    {
        using var interruption = new Interruption(exits.Add);
        interruption.Part(cancel =>
        {
            interruption.Press();
            Assert.True(cancel.IsCancellationRequested);
        });
        Assert.False(interruption.Token.IsCancellationRequested);
        Assert.Empty(exits);
    }

    [Fact]
    public void Press_WhileWaitingForInput_Exits()
    {
        using var interruption = new Interruption(exits.Add);
        interruption.Waiting(() =>
        {
            interruption.Press();
            return 0;
        });
        Assert.Equal([ExitCode.Interrupted], exits);
    }

    [Fact]
    public void Command_ThatIsInterrupted_EndsWith130()
    {
        using var interruption = new Interruption(exits.Add);
        interruption.Press();
        using var folder = new TemporaryFolder();
        var data = folder.File("my.csv", "text,label\n" + string.Concat(Enumerable.Repeat("a,yes\nb,no\n", 20)));
        using var error = new StringWriter();
        var code = Program.Run(["compare", data, "--methods", "majority", "--shots", "1", "--keep-leaks", "--out", folder["run"]],
            new Shell { In = TextReader.Null, Out = TextWriter.Null, Error = error, Interruption = interruption });
        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Contains("resumes: attune compare", error.ToString(), StringComparison.Ordinal);
    }
}
