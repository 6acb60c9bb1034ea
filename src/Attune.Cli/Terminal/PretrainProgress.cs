using System.Diagnostics;
using System.Globalization;
using Attune.Evaluation.Statistics;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Cli.Terminal;

/// <summary>How far a training is: a line that is written over on a terminal, a line from time to time elsewhere.</summary>
/// <param name="peak">Float32 operations that the machine can do in a second.</param>
/// <param name="last">The step behind which training stops.</param>
internal sealed class PretrainProgress(Shell shell, double peak, int? last, Action<TrainingCurves> write) : IPretrainingObserver, IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    /// <summary>The step whose operations -v shows: code is compiled and memory touched by then.</summary>
    private const int ProfiledStep = 5;

    private readonly StepProfile? profile = shell.Verbose ? new StepProfile(shell, ProfiledStep, peak) : null;
    private readonly StatusLine status = new(shell);
    private readonly Stopwatch clock = new();
    private TimeSpan shown;
    private double tokens, operations, seconds, loss, labelLoss;
    private int steps, labelSteps, first;

    /// <summary>The last step that is kept.</summary>
    public int KeptStep { get; private set; }

    public void Doing(string what) => status.Show(what + " …", always: true);

    public void Started(PretrainingStart start)
    {
        status.Clear();
        (first, KeptStep) = (start.Step, start.Step);
        shell.Note(string.Create(CultureInfo.InvariantCulture,
            $"{Amounts.Count(start.Parameters)} parameters, vocabulary {start.Vocabulary}, about {Amounts.Bytes(start.MemoryBytes)} of memory; {(start.Step > 0 ? $"going on from step {start.Step} of {start.Steps}" : $"{start.Steps} steps")}"));
        clock.Start();
    }

    public void Stepped(StepReport step)
    {
        profile?.Stepped(step.Step - first, step.Seconds);
        (tokens, operations, seconds, loss, steps) = (tokens + step.Tokens, operations + step.Operations, seconds + step.Seconds, loss + step.Loss, steps + 1);
        if (!double.IsNaN(step.LabelLoss))
            (labelLoss, labelSteps) = (labelLoss + step.LabelLoss, labelSteps + 1);
        if (clock.Elapsed - shown < (shell.ShowsBars ? TimeSpan.FromSeconds(0.5) : Between) && step.Step != Last(step.Steps))
            return;
        shown = clock.Elapsed;
        if (shell.ShowsBars)
            status.Show(Line(step), always: true);
        else
            shell.Note(Line(step));
        (tokens, operations, seconds, loss, labelLoss, steps, labelSteps) = (0, 0, 0, 0, 0, 0, 0);
    }

    public void Evaluated(EvaluationPoint evaluation, TrainingCurves curves)
    {
        status.Clear();
        foreach (var set in evaluation.Sets)
        {
            var shots = set.ByShots.Count == 0 ? "" : $"; right by shots {string.Join(", ", set.ByShots.Select(Shown))}";
            shell.Note(string.Create(CultureInfo.InvariantCulture, $"step {evaluation.Step}, {set.Set}: loss {set.Loss:0.000}{shots}"));
        }
        write(curves);
    }

    public void Kept(int step, string folder, TrainingCurves curves)
    {
        KeptStep = step;
        write(curves);
    }

    public void Warned(string sentence)
    {
        status.Clear();
        shell.Warn(sentence);
    }

    public void Dispose()
    {
        profile?.Dispose();
        status.Clear();
    }

    /// <summary>"8: 0.562 of 64 [0.44, 0.68] (chance 0.37)": share, labels, Wilson's 95% interval, and what guessing gives.</summary>
    private static string Shown(ShotAccuracy shots)
    {
        var interval = Proportions.Wilson(shots.Right, shots.Count);
        return string.Create(CultureInfo.InvariantCulture, $"{shots.Shots}: {shots.Share:0.000} of {shots.Count} [{interval.Low:0.00}, {interval.High:0.00}] (chance {shots.Chance:0.00})");
    }

    private int Last(int planned) => Math.Min(planned, last ?? planned);

    private string Line(StepReport step)
    {
        var end = Last(step.Steps);
        var done = step.Step - first;
        var left = done > 0 && step.Step < end ? $", {Amounts.Time(clock.Elapsed / done * (end - step.Step))} left" : "";
        var labels = labelSteps == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (labels {labelLoss / labelSteps:0.000})");
        return string.Create(CultureInfo.InvariantCulture,
            $"step {step.Step}/{end}: loss {loss / steps:0.000}{labels}, norm {step.Norm:0.00}, {tokens / seconds:#,0} tokens/s, {operations / seconds / peak:0%} of the peak{left}");
    }
}
