using Attune.Cli.Terminal;
using Attune.Training.Pretraining;

namespace Attune.Tests.Cli;

public sealed class PretrainProgressTests
{
    [Fact]
    public void Stepped_LineOfSeveralSteps_HasMeansOverThem()
    {
        using var error = new StringWriter();
        using var interruption = new Interruption(_ => { });
        using (var progress = new PretrainProgress(new Shell { In = TextReader.Null, Out = TextWriter.Null, Error = error, Interruption = interruption }, 1e9, null, _ => { }))
        {
            progress.Started(new PretrainingStart(1, 2, 0, 3, 4));
            progress.Stepped(new StepReport(1, 3, 6, 1, 1, 0.1, 10, 10, 1));
            progress.Stepped(new StepReport(2, 3, 3, double.NaN, 1, 0.1, 10, 10, 1));
            progress.Stepped(new StepReport(3, 3, 0, 4, 1, 0.1, 10, 10, 1));
        }
        Assert.Contains("step 3/3: loss 3.000 (labels 2.500)", error.ToString(), StringComparison.Ordinal);
    }
}
