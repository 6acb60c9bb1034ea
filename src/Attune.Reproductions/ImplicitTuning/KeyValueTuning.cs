using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Reproductions.Texts;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>
/// Explicit tuning to compare in-context learning with (arXiv 2212.10559, §4.1): the maps of keys and values of all layers alone; plain gradient descent, one step for each
/// demonstration in the prompt's order, on the mean cross-entropy of its label's tokens behind its input, without other demonstrations.
/// </summary>
internal sealed class KeyValueTuning : IDisposable
{
    private readonly CausalLanguageModel model;
    private readonly Dictionary<LinearModule, TrainedModule> maps;

    private KeyValueTuning(CausalLanguageModel model)
    {
        this.model = model;
        maps = model.Linears.Where(l => l.Role is "k_proj" or "v_proj").ToDictionary(l => l, TrainedModule.Of);
    }

    /// <summary>
    /// [layer][demonstration token · heads · headDim]: attention's queries of the demonstrations' tokens, before they are turned by their positions, each recorded while its
    /// demonstration was trained on; input and label tokens, one demonstration after another.
    /// </summary>
    public float[][] Queries { get; private set; } = [];

    /// <param name="rate">Of every step.</param>
    public static KeyValueTuning Train(CausalLanguageModel model, PromptTask task, IReadOnlyList<PromptRow> demonstrations, double rate, CancellationToken cancel)
    {
        var tuning = new KeyValueTuning(model);
        var queries = Enumerable.Range(0, model.Layers).Select(_ => new List<float>()).ToArray();
        var sites = new SiteSet(model, "tuned");
        tuning.Attach(sites);
        foreach (var map in model.Linears.Where(l => l.Role == "q_proj"))
            sites.Add(map, new MapTap(q => queries[map.Layer].AddRange(q.Span)));
        using var trainer = new StepTrainer([.. tuning.maps.Values.Select(m => m.Parameter)], new StepOptions { Optimizer = () => new Sgd(), ClipNorm = null });
        for (var i = 0; i < demonstrations.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            trainer.Step(i + 1, rate, (graph, _) => tuning.Loss(graph, task, demonstrations[i], sites));
        }
        tuning.Queries = [.. queries.Select(q => q.ToArray())];
        return tuning;
    }

    /// <summary>Hangs the tuned maps on sites.</summary>
    public void Attach(SiteSet sites)
    {
        foreach (var (map, trained) in maps)
            sites.Add(map, trained);
    }

    public void Dispose()
    {
        foreach (var map in maps.Values)
            map.Parameter.Dispose();
    }

    private Tensor Loss(Graph graph, PromptTask task, PromptRow row, SiteSet sites)
    {
        var label = task.Labels[row.Label];
        var batch = new TokenBatch();
        batch.Add([.. task.Beginning, .. row.Input, .. label]);
        // The token before a label's token predicts it.
        int[] rows = [.. Enumerable.Range(batch.Count - label.Length - 1, label.Length)];
        return model.Loss(graph, model.ForwardRows(graph, batch, sites, rows), label, batch, sites);
    }
}
