using System.Globalization;
using Attune.Cli.Bench;
using Attune.Tensors;

namespace Attune.Cli.Terminal;

/// <summary>Where the time of one training step goes, operation by operation: for -v.</summary>
/// <param name="step">The step that is measured, counted from where training begins or goes on.</param>
/// <param name="peak">Float32 operations that the machine can do in a second.</param>
internal sealed class StepProfile(Shell shell, int step, double peak) : IDisposable
{
    private Profile? profile;

    /// <summary>To be called on the training thread behind each step.</summary>
    /// <param name="done">Steps done in this process.</param>
    /// <param name="seconds">Time of the last.</param>
    public void Stepped(int done, double seconds)
    {
        if (done == step - 1)
            profile = Profile.Start();
        else if (done == step && profile is not null)
        {
            Write(profile.Totals, seconds);
            Dispose();
        }
    }

    public void Dispose()
    {
        profile?.Dispose();
        profile = null;
    }

    private void Write(IReadOnlyList<OperationTotal> totals, double seconds)
    {
        shell.Note(string.Create(CultureInfo.InvariantCulture, $"one step of {seconds * 1000:0} ms:"));
        foreach (var total in totals.OrderByDescending(t => t.Ticks))
        {
            var rate = total.Operations.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $", {total.Operations.Total / total.Seconds / 1e9:0} GFLOP/s, {total.Operations.Total / total.Seconds / peak:0%} of the peak") : "";
            shell.Note(string.Create(CultureInfo.InvariantCulture, $"  {BenchNames.Of(total.Kind)}: {total.Seconds * 1000:0} ms, {total.Seconds / seconds:0%} of the step{rate}"));
        }
        var rest = seconds - totals.Sum(t => t.Seconds);
        shell.Note(string.Create(CultureInfo.InvariantCulture, $"  between operations: {rest * 1000:0} ms, {rest / seconds:0%} of the step"));
    }
}
