using System.Text.Json.Nodes;
using Attune.Models.Files;

namespace Attune.Training.Pretraining;

/// <summary>
/// Writes a run's checkpoints and knows which are good: those whose weights gave a finite loss and gradient in the step behind them. Until that is known of the newest, those before
/// it stay.
/// </summary>
internal sealed class CheckpointKeeper(CheckpointStore store, IPretrainingObserver observer)
{
    private int? unproven;

    /// <summary>The last step that is kept; null: none.</summary>
    public int? Last { get; private set; }

    /// <summary>Training goes on from a checkpoint, whose next step is not known yet.</summary>
    public void GoOnFrom(int step) => Last = unproven = step;

    public void Write(int step, IEnumerable<TensorToWrite> tensors, JsonObject state, TrainingCurves curves)
    {
        var folder = store.Write(step, tensors, state);
        GoOnFrom(step);
        observer.Kept(step, folder, curves);
    }

    /// <summary>The weights of the newest checkpoint gave a finite loss and gradient: the older ones may go.</summary>
    public void Prove()
    {
        if (unproven is { } step)
            store.Rotate(step, observer.Warned);
        unproven = null;
    }

    /// <summary>Removes a checkpoint that nothing good came of; returns the error with what is left and how to go on from it.</summary>
    public DivergedException Diverged(DivergedException error)
    {
        if (unproven is { } bad)
        {
            observer.Warned(FormattableString.Invariant($"the checkpoint of step {bad} is removed: from its weights training diverged at once"));
            store.Drop(bad, observer.Warned);
        }
        var good = store.Steps.FirstOrDefault(s => s != unproven, -1);
        if (good < 0)
            return new DivergedException($"{error.Message}; no checkpoint is good, so begin anew in another folder", error);
        var folder = store.FolderOf(good);
        var quoted = Path.GetFullPath(folder).Replace("'", "''", StringComparison.Ordinal);
        var advice = $"a configuration with `start: '{quoted}'` in place of tokenizer, with a lower rate, and another folder with -o go on from its weights";
        return new DivergedException($"{error.Message}; the last good checkpoint is '{folder}': {advice}", error);
    }
}
