using System.Diagnostics;
using System.Text.Json.Nodes;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>A training at work: its steps, what is measured between them, when it is kept, and the model at the end.</summary>
internal sealed class PretrainingSession : IDisposable
{
    private readonly PretrainingRequest request;
    private readonly PretrainingPlan plan;
    private readonly PretrainingTokenizer tokenizer;
    private readonly IPretrainingObserver observer;
    private readonly JsonObject identity;
    private readonly TrainingState state;
    private readonly CheckpointKeeper keeper;
    private readonly ModelWork work;

    public PretrainingSession(PretrainingRequest request, PretrainingTokenizer tokenizer, CheckpointStore store, IPretrainingObserver observer)
    {
        (this.request, plan, this.tokenizer, this.observer) = (request, request.Plan, tokenizer, observer);
        identity = plan.Identity(request.Sources, tokenizer.Hash);
        state = new TrainingState(plan, request.Sources);
        keeper = new CheckpointKeeper(store, observer);
        work = new ModelWork(state.Model);
    }

    /// <param name="begun">The checkpoint that training goes on from; null: it begins.</param>
    /// <param name="memory">What training is estimated to need.</param>
    public PretrainingResult Run(Checkpoint? begun, long memory, CancellationToken cancel)
    {
        var step = Resume(begun);
        var last = Math.Min(plan.Steps, request.StopAfter ?? plan.Steps);
        observer.Started(new PretrainingStart(state.Trained.Count, tokenizer.Tokenizer.VocabularySize, step, plan.Steps, memory));
        if (step > 0 && IsMeasured(step, last) && state.Curves.Last?.Step != step)
            Evaluate(step, cancel);
        step = Train(step, last, cancel);
        RequireFinite(step);
        if (step == plan.Steps)
            keeper.Prove();
        var model = WrittenModel.Write(request, tokenizer, state, step, (string?)identity["start"]);
        return new PretrainingResult(step, plan.Steps, (long)plan.TokensPerStep * step, state.Trained.Count, model, state.Curves, state.Seconds);
    }

    public void Dispose() => state.Dispose();

    private int Train(int step, int last, CancellationToken cancel)
    {
        if (step >= last)
            return step;
        var rate = plan.Schedule.Of(plan.Optimizer.Rate, plan.Steps);
        var loss = new StepLoss(state.Trained, plan.LabelWeight);
        PartLoss ofPart = loss.Of;
        var drawn = state.Mixture.State.Copy();
        using var reader = new StepReader(
            state.Mixture, step + 1, last, plan.Parts, plan.TokensOfPart, plan.Context, state.Model is Models.Architectures.EncoderDecoderModel, s => (s - 1) / (double)plan.Steps);
        while (step < last)
        {
            if (cancel.IsCancellationRequested)
                Stop(step, drawn, cancel);
            var packed = reader.Next();
            Step(++step, packed, loss, ofPart, rate(step));
            drawn = packed.After!;
            // Kept first: whatever becomes of the evaluation, the step is there.
            if (step % plan.Checkpoint.Every == 0 || step == last)
                Keep(step, drawn, step == last);
            try
            {
                if (IsMeasured(step, last))
                    Evaluate(step, cancel);
            }
            catch (OperationCanceledException)
            {
                Stop(step, drawn, cancel);
            }
        }
        state.Mixture.Resume(drawn);
        return step;
    }

    private bool IsMeasured(int step, int last) => step == last || plan.Evaluation.Every > 0 && step % plan.Evaluation.Every == 0;

    private void Step(int step, PackedStep packed, StepLoss loss, PartLoss ofPart, double rate)
    {
        var started = Stopwatch.GetTimestamp();
        loss.Begin(packed);
        try
        {
            var done = state.Trainer.Step(step, rate, ofPart, plan.Parts);
            state.Average?.Add(step);
            state.Watch.Add(step, done.GradientNorm, state.LongestGradient);
            if (!state.Watch.IsSuspicious)
                keeper.Prove();
            state.Curves.Add(step, loss.Mean, loss.LabelMean, done.GradientNorm, rate);
            var taken = Stopwatch.GetElapsedTime(started).TotalSeconds;
            state.Seconds += taken;
            observer.Stepped(new StepReport(step, plan.Steps, loss.Mean, loss.LabelMean, done.GradientNorm, rate, packed.Tokens, work.Of(packed), taken));
        }
        catch (DivergedException e)
        {
            throw keeper.Diverged(e);
        }
    }

    /// <summary>Behind the last weights no step comes that would show what they are worth.</summary>
    private void RequireFinite(int step)
    {
        var set = state.Curves.Last is { } last && last.Step == step ? last.Sets.FirstOrDefault(s => !double.IsFinite(s.Loss)) : null;
        var what = state.NotFinite is { } parameter ? $"the parameter {parameter} holds NaN or infinity"
            : set is not null ? FormattableString.Invariant($"the loss of the held-out documents of '{set.Set}' is {set.Loss}") : null;
        if (what is not null)
            throw keeper.Diverged(new DivergedException(FormattableString.Invariant($"training diverged at step {step}: {what}; lower the learning rate")));
    }

    private void Evaluate(int step, CancellationToken cancel)
    {
        observer.Doing("held-out documents");
        var started = Stopwatch.GetTimestamp();
        var evaluation = new HeldOutEvaluation(state.Trained, plan.Context, plan.TokensOfPart);
        var results = new List<HeldOutResult>();
        state.WithAverage(() =>
        {
            foreach (var set in state.Mixture.Parts.SelectMany(p => p.Source.HeldOut))
                if (evaluation.Measure(set, plan.Evaluation, cancel) is { } result)
                    results.Add(result);
        });
        state.Seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        var point = new EvaluationPoint(step, results);
        state.Curves.Add(point);
        observer.Evaluated(point, state.Curves);
    }

    private void Stop(int step, MixtureState drawn, CancellationToken cancel)
    {
        if (step > 0 && keeper.Last != step)
            Keep(step, drawn, ends: false);
        throw new OperationCanceledException(cancel);
    }

    /// <param name="ends">The model is written from these weights.</param>
    private void Keep(int step, MixtureState drawn, bool ends)
    {
        if (!state.Watch.IsSuspicious)
        {
            state.Save(step, (long)plan.TokensPerStep * step, drawn, identity, (tensors, json) => keeper.Write(step, tensors, json, state.Curves));
            return;
        }
        var model = ends ? "; the model is written with them all the same, so look at its losses" : "";
        observer.Warned(FormattableString.Invariant($"step {step}: the gradients' norm was over {DivergenceWatch.Factor} times its median, so the weights are not kept{model}"));
    }

    /// <summary>Goes on from a checkpoint; returns its step, or 0.</summary>
    private int Resume(Checkpoint? begun)
    {
        if (begun is null)
            return 0;
        BegunPlan.RequireSame(request.Folder, begun.State["plan"], identity);
        state.Load(begun);
        begun.Dispose();
        keeper.GoOnFrom(begun.Step);
        return begun.Step;
    }
}
