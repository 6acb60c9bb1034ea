using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

/// <summary>Notes what a training tells.</summary>
internal sealed class PretrainingRecorder : IPretrainingObserver
{
    public List<StepReport> Steps { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<int> Kept { get; } = [];

    public int First { get; private set; } = -1;

    public Action<PretrainingStart>? OnStart { get; init; }

    /// <summary>Called behind each step with its number.</summary>
    public Action<int>? OnStep { get; init; }

    public void Started(PretrainingStart start)
    {
        First = start.Step;
        OnStart?.Invoke(start);
    }

    public void Stepped(StepReport step)
    {
        Steps.Add(step);
        OnStep?.Invoke(step.Step);
    }

    public void Evaluated(EvaluationPoint evaluation, TrainingCurves curves)
    {
    }

    void IPretrainingObserver.Kept(int step, string folder, TrainingCurves curves) => Kept.Add(step);

    public void Warned(string sentence) => Warnings.Add(sentence);

    public void Doing(string what)
    {
    }
}
