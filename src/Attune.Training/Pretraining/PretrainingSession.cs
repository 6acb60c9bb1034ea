using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Saving;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;

namespace Attune.Training.Pretraining;

/// <summary>A model in training with all that belongs to it.</summary>
internal sealed class PretrainingSession : IDisposable
{
    private readonly PretrainingRequest request;
    private readonly PretrainingPlan plan;
    private readonly PretrainingTokenizer tokenizer;
    private readonly IPretrainingObserver observer;
    private readonly JsonObject identity;
    private readonly TrainableModel trained;
    private readonly StepTrainer trainer;
    private readonly WeightAverage? average;
    private readonly Mixture mixture;
    private readonly CheckpointStore store;
    private readonly DivergenceWatch watch = new();
    private readonly TrainingCurves curves;
    private readonly ModelWork work;
    private readonly long memory;
    private int? kept;
    private double seconds;

    public PretrainingSession(PretrainingRequest request, PretrainingTokenizer tokenizer, MemoryNeed need, IPretrainingObserver observer, CheckpointStore.Opener? open)
    {
        (this.request, plan, this.tokenizer, this.observer) = (request, request.Plan, tokenizer, observer);
        memory = plan.Recompute ? need.Least : need.Free;
        identity = plan.Identity(request.Sources, tokenizer.Hash);
        var model = StartWeights.Of(plan);
        trained = new TrainableModel(model);
        work = new ModelWork(model);
        var maps = model.Linears.Where(l => l.Layer >= 0 && l.Outputs > 1 && l.Inputs > 1).Select(l => l.Name + ".weight").ToHashSet(StringComparer.Ordinal);
        trainer = new StepTrainer(trained.Parameters, new StepOptions
        {
            Optimizer = plan.Optimizer.CreateMain, MatrixOptimizer = plan.Optimizer.Muon ? plan.Optimizer.CreateMuon : null, IsMatrix = p => maps.Contains(p.Name), MatrixRate = plan.Optimizer.MatrixRate,
            ClipNorm = plan.Clip, BrainProducts = plan.BFloat16, Recompute = plan.Recompute,
        });
        average = plan.Average is { } decay ? new WeightAverage(trained.Parameters, decay) : null;
        mixture = new Mixture(request.Sources);
        store = new CheckpointStore(Path.Combine(request.Folder, "checkpoints"), plan.Checkpoint.Keep, open);
        curves = new TrainingCurves(plan.Steps);
    }

    public PretrainingResult Run(CancellationToken cancel)
    {
        var step = Resume();
        var last = Math.Min(plan.Steps, request.StopAfter ?? plan.Steps);
        observer.Started(new PretrainingStart(trained.Count, tokenizer.Tokenizer.VocabularySize, step, plan.Steps, memory));
        if (step > 0 && IsMeasured(step, last) && curves.Last?.Step != step)
            Evaluate(step, cancel);
        step = Train(step, last, cancel);
        var model = Path.Combine(request.Folder, Pretrainer.ModelFolder);
        WithAverage(() => NewModelFolder.Write(model, plan.Configuration, trained.Tensors(plan.Precision), tokenizer.Json, tokenizer.EndId, ModelCard.Write(request, trained.Count, step, mixture.State, curves, seconds, (string?)identity["start"])));
        return new PretrainingResult(step, plan.Steps, (long)plan.TokensPerStep * step, trained.Count, model, curves, seconds);
    }

    public void Dispose()
    {
        trainer.Dispose();
        average?.Dispose();
        trained.Dispose();
    }

    private int Train(int step, int last, CancellationToken cancel)
    {
        var rate = plan.Schedule.Of(plan.Optimizer.Rate, plan.Steps);
        var loss = new StepLoss(trained, plan.LabelWeight);
        PartLoss ofPart = loss.Of;
        var state = mixture.State.Copy();
        if (step >= last)
            return step;
        using var reader = new StepReader(mixture, step + 1, last, plan.Parts, plan.TokensOfPart, plan.Context, trained.Model is EncoderDecoderModel, s => (s - 1) / (double)plan.Steps);
        while (step < last)
        {
            if (cancel.IsCancellationRequested)
                Stop(step, state, cancel);
            var packed = reader.Next();
            Step(++step, packed, loss, ofPart, rate(step));
            state = packed.After!;
            try
            {
                if (IsMeasured(step, last))
                    Evaluate(step, cancel);
            }
            catch (OperationCanceledException)
            {
                Stop(step, state, cancel);
            }
            if ((step % plan.Checkpoint.Every == 0 || step == last) && !watch.IsSuspicious)
                Keep(step, state);
        }
        mixture.Resume(state);
        return step;
    }

    private bool IsMeasured(int step, int last) => step == last || plan.Evaluation.Every > 0 && step % plan.Evaluation.Every == 0;

    private void Step(int step, PackedStep packed, StepLoss loss, PartLoss ofPart, double rate)
    {
        var started = Stopwatch.GetTimestamp();
        loss.Begin(packed);
        try
        {
            var done = trainer.Step(step, rate, ofPart, plan.Parts);
            average?.Add(step);
            watch.Add(step, done.GradientNorm, LongestGradient);
            curves.Add(step, loss.Mean, loss.LabelMean, done.GradientNorm, rate);
            var taken = Stopwatch.GetElapsedTime(started).TotalSeconds;
            seconds += taken;
            observer.Stepped(new StepReport(step, plan.Steps, loss.Mean, loss.LabelMean, done.GradientNorm, rate, packed.Tokens, work.Of(packed), taken));
        }
        catch (AttuneException e) when (e.Kind == AttuneErrorKind.Work)
        {
            var good = kept is { } at ? $"the last good checkpoint is '{store.FolderOf(at)}'" : "there is no checkpoint yet";
            throw new AttuneException($"{e.Message}; {good}", AttuneErrorKind.Work, e);
        }
    }

    private string LongestGradient() => trained.Parameters.MaxBy(p => GradientClipping.Norm([p.Gradient]))!.Name;

    private void Evaluate(int step, CancellationToken cancel)
    {
        observer.Doing("held-out documents");
        var started = Stopwatch.GetTimestamp();
        var evaluation = new HeldOutEvaluation(trained, plan.Context, plan.TokensOfPart);
        var results = new List<HeldOutResult>();
        WithAverage(() =>
        {
            foreach (var set in mixture.Parts.SelectMany(p => p.Source.HeldOut))
                if (evaluation.Measure(set, plan.Evaluation, cancel) is { } result)
                    results.Add(result);
        });
        seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        var point = new EvaluationPoint(step, results);
        curves.Add(point);
        observer.Evaluated(point, curves);
    }

    private void WithAverage(Action work)
    {
        average?.Swap();
        try
        {
            work();
        }
        finally
        {
            average?.Swap();
        }
    }

    private void Stop(int step, MixtureState state, CancellationToken cancel)
    {
        if (step > 0 && kept != step && !watch.IsSuspicious)
            Keep(step, state);
        throw new OperationCanceledException(cancel);
    }

    private void Keep(int step, MixtureState state)
    {
        var optimizers = trainer.Save();
        var json = new JsonObject
        {
            ["step"] = step, ["tokens"] = (long)plan.TokensPerStep * step, ["seconds"] = seconds, ["plan"] = identity.DeepClone(),
            ["mixture"] = JsonSerializer.SerializeToNode(state), ["optimizers"] = TrainingSnapshot.Steps(optimizers), ["norms"] = watch.ToJson(), ["curves"] = curves.ToJson(),
        };
        var folder = store.Write(step, TrainingSnapshot.Tensors(trained.Parameters, optimizers, average), json);
        kept = step;
        observer.Kept(step, folder, curves);
    }

    /// <summary>Goes on from the newest good checkpoint; returns its step, or 0.</summary>
    private int Resume()
    {
        using var checkpoint = store.Newest(observer.Warned);
        if (checkpoint is null)
            return 0;
        var state = checkpoint.State;
        var differences = PlanDifference.Of(state["plan"], JsonNode.Parse(identity.ToJsonString()));
        if (differences.Count > 0)
            throw new AttuneException($"'{request.Folder}' holds a training with another plan ({string.Join("; ", differences)}); restore that, or give another folder with -o");
        TrainingSnapshot.Load(checkpoint.Tensors, trained.Parameters, average);
        trainer.Load(TrainingSnapshot.Optimizers(checkpoint.Tensors, state["optimizers"]!.AsObject()));
        mixture.Resume(state["mixture"].Deserialize<MixtureState>()!);
        watch.Resume(state["norms"]!.AsArray());
        curves.Resume(state["curves"]!.AsObject());
        seconds = (double)state["seconds"]!;
        kept = checkpoint.Step;
        return checkpoint.Step;
    }
}
