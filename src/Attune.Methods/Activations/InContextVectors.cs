using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Methods.Activations;

/// <summary>Options of <see cref="InContextVectors"/>.</summary>
public sealed record InContextVectorsOptions : MethodOptions
{
    [Option("strength λ relative to a unit vector; unset: the best of the candidates on the labelled rows, 0 included")]
    public double? Strength { get; init; }

    [Option("strengths that are tried, both directions")]
    public IReadOnlyList<double> Candidates { get; init; } = [0.02, 0.05, 0.1, 0.2];

    [Option("most labelled rows from which the vectors are made")]
    public int Demonstrations { get; init; } = 32;

    [Option("most labelled rows on which a strength is tried")]
    public int Validation { get; init; } = 64;
}

/// <summary>
/// In-Context Vectors (Liu et al. 2024). For k pairs (x_i, y_i) the residual stream at the last token after every block, h ∈ R^{L·d}, gives
/// Δ_i = h(y_i) − h(x_i); the vector is mean(Δ) plus the first principal component of the centred Δ (the official code's form; for
/// k = 1 the difference itself). At inference each block l's feed-forward output x becomes
/// ‖x‖·normalise(x/‖x‖ + λ·s·v_l/‖v_l‖) with s = 1 + max(0, cos(x, −v_l)): the norm is kept exactly, λ = 0 changes nothing.
/// On classification a pair is the row rendered without and with its label, and λ is chosen on the labelled rows.
/// </summary>
public sealed class InContextVectors : Method<InContextVectorsOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "icv",
        Summary = "Adds one vector to every block's feed-forward output, made from what labels change in the hidden states.",
        Paper = "Liu et al., In-context Vectors: Making In Context Learning More Effective and Controllable Through Latent Space Steering, ICML 2024",
        Site = SiteKind.Activations,
        View = ModelView.Transformer,
        LeastRows = 2,
        Set = MethodSet.Standard,
        Cost = "two forward passes a row to fit, and a prediction of the labelled rows for each strength tried; a short prompt per query",
    };

    protected override Adaptation Fit(FitContext context, InContextVectorsOptions options)
    {
        var model = context.RequireModel(Card.Name);
        if (options.Demonstrations < 1 || options.Validation < 1)
            throw new AttuneException("icv: demonstrations and validation must be at least 1");
        var rows = context.Examples.Take(options.Demonstrations).ToArray();
        var differences = Differences(context, model, rows);
        if (differences.Length == 0)
            throw new AttuneException("icv: no labelled row fits the model's context under this overflow policy; give shorter rows");
        var vectors = Direction(differences);
        var (layers, hidden) = (model.Transformer.Layers, model.Transformer.Hidden);
        var matrix = new TensorBag.Matrix(layers, hidden, vectors);
        if (options.Strength is { } given)
            return context.Of(this, options, new SteeringVectors(matrix, (float)given));
        var (strength, note) = Choose(context, options, matrix);
        return context.Of(this, options, new SteeringVectors(matrix, strength)) with { Notes = [note] };
    }

    /// <summary>[k][L·d]: what the label's words change in the residual stream at the last token.</summary>
    private static float[][] Differences(FitContext context, LanguageModel model, Example[] rows)
    {
        var builder = new PromptBuilder(model, context.Task.Template, context.Overflow);
        using var reader = new StateReader(model);
        var result = new List<float[]>();
        for (var i = 0; i < rows.Length; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            context.Progress?.Invoke(0.5 * i / rows.Length, "reading hidden states");
            var labels = context.Task.Kind == TaskKind.MultipleChoice ? rows[i].Input.Choices! : context.Labels;
            var label = builder.Labels(labels)[labels.ToList().IndexOf(rows[i].Label)];
            var prompt = builder.Build([], rows[i].Input, label.Length);
            if (prompt.Dropped)
                continue;
            var without = reader.LastTokenStates(prompt.Tokens);
            var with = reader.LastTokenStates([.. prompt.Tokens, .. label]);
            for (var j = 0; j < with.Length; j++)
                with[j] -= without[j];
            result.Add(with);
        }
        return [.. result];
    }

    /// <summary>mean(Δ) + first principal component of the centred Δ, its sign that of its largest score.</summary>
    internal static float[] Direction(float[][] differences)
    {
        var (k, n) = (differences.Length, differences[0].Length);
        var mean = new double[n];
        foreach (var d in differences)
            for (var j = 0; j < n; j++)
                mean[j] += d[j] / (double)k;
        if (k > 1)
        {
            // The Gram matrix of k centred rows has the same first component as the n × n covariance, and k is small.
            var gram = Matrix<double>.Build.Dense(k, k, (a, b) =>
            {
                var sum = 0.0;
                for (var j = 0; j < n; j++)
                    sum += (differences[a][j] - mean[j]) * (differences[b][j] - mean[j]);
                return sum;
            });
            var eigen = gram.Evd(Symmetricity.Symmetric);
            var scores = eigen.EigenVectors.Column(k - 1);
            var component = new double[n];
            for (var i = 0; i < k; i++)
                for (var j = 0; j < n; j++)
                    component[j] += scores[i] * (differences[i][j] - mean[j]);
            var norm = Math.Sqrt(component.Sum(c => c * c));
            var sign = scores[scores.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
            if (norm > 1e-12)
                for (var j = 0; j < n; j++)
                    mean[j] += sign * component[j] / norm;
        }
        return [.. mean.Select(m => (float)m)];
    }

    /// <summary>The strength of highest mean log-probability of the right labels on labelled rows; 0 unless another is better.</summary>
    private (float Strength, string Note) Choose(FitContext context, InContextVectorsOptions options, TensorBag.Matrix vectors)
    {
        var rows = context.Examples.Take(options.Validation).ToArray();
        var candidates = options.Candidates.SelectMany(c => new[] { c, -c }).Prepend(0).ToArray();
        var best = (Score: double.NegativeInfinity, Strength: 0f);
        for (var i = 0; i < candidates.Length; i++)
        {
            context.Progress?.Invoke(0.5 + 0.5 * i / candidates.Length, $"trying strength {candidates[i].ToString(System.Globalization.CultureInfo.InvariantCulture)}");
            using var predictor = context.Bind(context.Of(this, options, new SteeringVectors(vectors, (float)candidates[i])));
            var predictions = predictor.Predict([.. rows.Select(r => r.Input)], cancel: context.Cancellation);
            var score = rows.Select((r, j) => predictions[j].Label is null ? Math.Log(1e-12) : Math.Log(Math.Max(1e-12, predictions[j].Probabilities[predictions[j].Labels.ToList().IndexOf(r.Label)]))).Average();
            if (score > best.Score)
                best = (score, (float)candidates[i]);
        }
        return (best.Strength, FormattableString.Invariant($"strength {best.Strength:0.###} of {candidates.Length} tried had the best mean log-probability, {best.Score:0.000}, on {rows.Length} labelled rows"));
    }
}

/// <summary>Reads the residual stream after every block at the last token of a prompt.</summary>
internal sealed class StateReader : IDisposable
{
    private readonly LanguageModel model;
    private readonly Graph graph = new(recording: false);
    private readonly TokenBatch batch = new();
    private readonly SiteSet sites;
    private readonly float[] states;

    public StateReader(LanguageModel model)
    {
        this.model = model;
        states = new float[model.Transformer.Layers * model.Transformer.Hidden];
        sites = new SiteSet(model.Transformer, "reading");
        for (var layer = 0; layer < model.Transformer.Layers; layer++)
            sites.Add(ActivationPoint.BlockOutput, layer, new Tap(this, layer));
    }

    /// <summary>[L·d], block after block.</summary>
    public float[] LastTokenStates(int[] tokens)
    {
        graph.Reset();
        batch.Clear();
        batch.Add(tokens);
        model.Transformer.Forward(graph, batch, sites);
        model.Count(new EngineCounters(1, tokens.Length, tokens.Length, tokens.Length * model.FlopsPerToken));
        return (float[])states.Clone();
    }

    public void Dispose() => graph.Dispose();

    private sealed class Tap(StateReader reader, int layer) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            value[value.Rows - 1].CopyTo(reader.states.AsSpan(layer * value.Columns));
            return value;
        }
    }
}

/// <summary>Site activations: turns every feed-forward output towards its block's vector, its norm kept.</summary>
public sealed class SteeringVectors(TensorBag.Matrix vectors, float strength) : Intervention, IModelIntervention, IControlVector
{
    private const string TensorName = "steering_vectors";

    public override SiteKind Site => SiteKind.Activations;

    public override string Summary => FormattableString.Invariant($"steers {vectors.Rows} blocks with strength {strength:0.###}");

    /// <summary>[blocks, hidden].</summary>
    public TensorBag.Matrix Vectors => vectors;

    public float Strength => strength;

    /// <summary>λ·v/‖v‖ for every block that such a file has a place for.</summary>
    public IReadOnlyDictionary<int, float[]> Directions => Enumerable.Range(1, Math.Max(0, vectors.Rows - 1)).ToDictionary(block => block, block =>
    {
        var row = vectors.Values.AsSpan(block * vectors.Columns, vectors.Columns).ToArray();
        var norm = Math.Max(1e-12, Math.Sqrt(row.Sum(v => (double)v * v)));
        return Array.ConvertAll(row, v => (float)(strength * v / norm));
    });

    public string? Lost => "these vectors turn the output of each feed-forward layer and keep its length, and a control vector is added to the hidden state behind the block: the direction is the same and the effect is not, so find the scale anew; the first block's vector has no place in the file";

    public void Attach(SiteSet sites, LanguageModel model)
    {
        if (vectors.Rows != model.Transformer.Layers || vectors.Columns != model.Transformer.Hidden)
            throw new AttuneException($"the steering vectors are for {vectors.Rows} blocks of width {vectors.Columns}, but {model.Name} has {model.Transformer.Layers} of {model.Transformer.Hidden}");
        if (strength == 0)
            return;
        for (var layer = 0; layer < vectors.Rows; layer++)
            sites.Add(ActivationPoint.MlpOutput, layer, new Steering(vectors.Values.AsSpan(layer * vectors.Columns, vectors.Columns), strength));
    }

    public override JsonObject Save(TensorBag tensors)
    {
        tensors.Add(TensorName, vectors.Rows, vectors.Columns, vectors.Values);
        return new JsonObject { ["strength"] = strength };
    }

    public static SteeringVectors Load(JsonObject json, TensorBag tensors) => new(tensors.Get(TensorName), (float)json["strength"]!);

    /// <summary>x' = ‖x‖·normalise(x/‖x‖ + λ(1 + max(0, cos(x, −v)))·v/‖v‖), row by row.</summary>
    internal sealed class Steering : ITensorSite
    {
        private readonly float[] direction;
        private readonly float strength;

        public Steering(ReadOnlySpan<float> vector, float strength)
        {
            var norm = 0.0;
            foreach (var v in vector)
                norm += (double)v * v;
            norm = Math.Max(1e-12, Math.Sqrt(norm));
            direction = new float[vector.Length];
            for (var i = 0; i < direction.Length; i++)
                direction[i] = (float)(vector[i] / norm);
            this.strength = strength;
        }

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            if (graph.Wants(value))
                throw new InvalidOperationException("steering vectors have no gradient rule: they cannot stand in a model that is being trained");
            var y = graph.Arena.Matrix(value.Rows, value.Columns);
            for (var row = 0; row < value.Rows; row++)
                Steer(value[row], y[row]);
            return y;
        }

        private void Steer(ReadOnlySpan<float> x, Span<float> y)
        {
            double square = 0, dot = 0;
            for (var i = 0; i < x.Length; i++)
            {
                square += (double)x[i] * x[i];
                dot += (double)x[i] * direction[i];
            }
            var norm = Math.Sqrt(square);
            if (norm == 0)
            {
                x.CopyTo(y);
                return;
            }
            var push = strength * (1 + Math.Max(0, -dot / norm));
            // ‖x/‖x‖ + push·v‖² with both of length 1.
            var length = Math.Sqrt(1 + 2 * push * dot / norm + push * push);
            var (keep, add) = (1 / length, norm * push / length);
            for (var i = 0; i < x.Length; i++)
                y[i] = (float)(x[i] * keep + direction[i] * add);
        }
    }
}
