using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>
/// A small decoder over the tokens c_1 r_1 … c_T r_T (covariates first in the vocabulary, then responses), trained from nothing by cross-entropy on the
/// responses alone.
/// </summary>
internal sealed class ConceptLearner : IDisposable
{
    private readonly CausalLanguageModel model;
    private readonly SiteSet sites;
    private readonly TokenBatch batch = new();
    private readonly int covariates, responses;
    private int[] rows = [], targets = [];

    public ConceptLearner(ConceptPool pool, int length, int layers, int heads, int width, SeededRandom random)
    {
        (covariates, responses) = (pool.Covariates, pool.Responses);
        var configuration = SmallLlama.Configuration(layers, heads, width, 2 * length);
        (configuration["vocab_size"], configuration["tie_word_embeddings"]) = (covariates + responses, false);
        model = (CausalLanguageModel)NewModel.Create(configuration, random);
        sites = new SiteSet(model, "trained");
        Parameters = TrainedModule.AttachAll(model, sites);
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Mean −ln P̂(r_t) over all responses of the sequences, [1, 1].</summary>
    public Tensor Loss(Graph graph, IReadOnlyList<ConceptSequence> sequences)
    {
        Fill(sequences);
        return model.Loss(graph, model.ForwardRows(graph, batch, sites, rows), targets, batch, sites);
    }

    /// <summary>P̂(r | c_t, S_{t−1}) of every response of every sequence, [sequence][T][|R|]; what is missing to 1 went to covariates.</summary>
    public double[][][] Predict(Graph graph, IReadOnlyList<ConceptSequence> sequences)
    {
        Fill(sequences);
        var logits = model.Logits(graph, model.ForwardRows(graph, batch, sites, rows), batch, sites);
        var (result, row) = (new double[sequences.Count][][], 0);
        for (var s = 0; s < result.Length; s++)
        {
            result[s] = new double[sequences[s].Length][];
            for (var t = 0; t < result[s].Length; t++)
                result[s][t] = Probabilities(logits[row++]);
        }
        return result;
    }

    public void Dispose()
    {
        foreach (var p in Parameters)
            p.Dispose();
        model.Dispose();
    }

    private double[] Probabilities(ReadOnlySpan<float> logits)
    {
        var (most, total, result) = (double.NegativeInfinity, 0.0, new double[responses]);
        foreach (var l in logits)
            most = Math.Max(most, l);
        foreach (var l in logits)
            total += Math.Exp(l - most);
        for (var r = 0; r < result.Length; r++)
            result[r] = Math.Exp(logits[covariates + r] - most) / total;
        return result;
    }

    /// <summary>The tokens up to the last covariate, and which rows predict what.</summary>
    private void Fill(IReadOnlyList<ConceptSequence> sequences)
    {
        batch.Clear();
        var count = sequences.Sum(s => s.Length);
        if (rows.Length != count)
            (rows, targets) = (new int[count], new int[count]);
        var next = 0;
        foreach (var s in sequences)
        {
            var tokens = new int[2 * s.Length - 1];
            for (var t = 0; t < s.Length; t++)
            {
                tokens[2 * t] = s.Covariates[t];
                if (t + 1 < s.Length)
                    tokens[2 * t + 1] = covariates + s.Responses[t];
                (rows[next], targets[next++]) = (batch.Count + 2 * t, covariates + s.Responses[t]);
            }
            batch.Add(tokens);
        }
    }
}
