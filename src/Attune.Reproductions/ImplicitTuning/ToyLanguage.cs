using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>A small language model of bytes, a Llama trained from nothing, with plain or momentum attention. Seed and order of the data do not depend on which.</summary>
internal sealed class ToyLanguage : IDisposable
{
    private const int Bytes = 256;

    private readonly ToyPlan plan;
    private readonly CausalLanguageModel model;
    private readonly SiteSet sites;
    private readonly List<Parameter> parameters = [];
    private readonly List<MomentumAttention> momentum = [];

    /// <param name="decay">η; null: attention without momentum.</param>
    public ToyLanguage(ToyPlan plan, double? decay, SeededRandom random)
    {
        this.plan = plan;
        model = (CausalLanguageModel)NewModel.Create(new JsonObject
        {
            ["model_type"] = "llama", ["hidden_size"] = plan.Width, ["intermediate_size"] = 3 * plan.Width, ["num_hidden_layers"] = plan.Layers, ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 4, ["vocab_size"] = Bytes, ["max_position_embeddings"] = plan.Length, ["rms_norm_eps"] = 1e-5, ["tie_word_embeddings"] = false,
            ["initializer_range"] = 1 / Math.Sqrt(plan.Width),
        }, random.Fork("start"));
        sites = new SiteSet(model, "toy");
        Attach(decay);
    }

    /// <summary>Trains on windows of the text, drawn by the seed alone.</summary>
    public void Train(byte[] text, SeededRandom random, Action<int, double>? onStep, CancellationToken cancel)
    {
        var order = random.Fork("windows");
        var rate = LearningRateSchedule.Cosine(plan.Rate, Math.Max(1, plan.Steps / 20), plan.Steps);
        using var trainer = new StepTrainer(parameters, new StepOptions());
        for (var step = 1; step <= plan.Steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var starts = Enumerable.Range(0, plan.Batch).Select(_ => order.Next(text.Length - plan.Length)).ToArray();
            var done = trainer.Step(step, rate(step), (graph, _) => Loss(graph, text, starts));
            onStep?.Invoke(step, done.Loss);
        }
    }

    /// <summary>exp of the mean loss of a byte over all whole windows of the text, each read by itself.</summary>
    public double Perplexity(byte[] text, CancellationToken cancel)
    {
        var starts = Enumerable.Range(0, (text.Length - 1) / plan.Length).Select(i => i * plan.Length).ToArray();
        using var graph = new Graph(recording: false);
        var sum = 0.0;
        foreach (var some in starts.Chunk(plan.Batch))
        {
            cancel.ThrowIfCancellationRequested();
            graph.Reset();
            sum += Loss(graph, text, some).Span[0] * (double)some.Length;
        }
        return Math.Exp(sum / starts.Length);
    }

    /// <summary>Scores of every byte behind each of some bytes, [bytes, 256].</summary>
    public float[] Scores(byte[] text)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add(Array.ConvertAll(text, b => (int)b));
        return model.Logits(graph, model.Forward(graph, batch, sites), batch, sites).Span.ToArray();
    }

    public void Dispose()
    {
        foreach (var parameter in parameters)
            parameter.Dispose();
        foreach (var one in momentum)
            one.Dispose();
        model.Dispose();
    }

    /// <summary>Parameters in the place of all weights; momentum sees the values as the trained map gives them.</summary>
    private void Attach(double? decay)
    {
        foreach (var table in model.Tables)
        {
            var trained = TrainedModule.Of(table);
            parameters.Add(trained.Parameter);
            sites.Add(table, trained);
        }
        foreach (var vector in model.Vectors)
        {
            var trained = TrainedModule.Of(vector);
            parameters.Add(trained.Parameter);
            sites.Add(vector, trained);
        }
        foreach (var linear in model.Linears)
        {
            var trained = TrainedModule.Of(linear);
            parameters.Add(trained.Parameter);
            if (linear.Role != "v_proj" || decay is not { } eta)
            {
                sites.Add(linear, trained);
                continue;
            }
            var site = new MomentumAttention(eta, plan.Length, linear.Outputs);
            momentum.Add(site);
            sites.Add(linear, new MapTap(site.See, trained));
            sites.Add(linear.Layer, site);
        }
    }

    private Tensor Loss(Graph graph, byte[] text, int[] starts)
    {
        var batch = new TokenBatch();
        var targets = new int[starts.Length * plan.Length];
        for (var s = 0; s < starts.Length; s++)
        {
            var window = text.AsSpan(starts[s], plan.Length + 1);
            var tokens = new int[plan.Length];
            for (var i = 0; i < plan.Length; i++)
                (tokens[i], targets[s * plan.Length + i]) = (window[i], window[i + 1]);
            batch.Add(tokens);
        }
        return model.Loss(graph, model.Forward(graph, batch, sites), targets, batch, sites);
    }
}
