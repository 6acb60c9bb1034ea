namespace Attune.Training.Pretraining;

/// <summary>Is told how far a training is, on the thread that trains.</summary>
public interface IPretrainingObserver
{
    /// <summary>The model stands, and training begins or goes on.</summary>
    void Started(PretrainingStart start);

    void Stepped(StepReport step);

    void Evaluated(EvaluationPoint evaluation, TrainingCurves curves);

    /// <param name="folder">Of the checkpoint.</param>
    void Kept(int step, string folder, TrainingCurves curves);

    /// <summary>A sentence that must be seen: a damaged checkpoint.</summary>
    void Warned(string sentence);

    /// <summary>What is being done beside training, for a person who waits: "learning a tokenizer".</summary>
    void Doing(string what);
}
