using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Head;

/// <summary>
/// TART's reasoner (arXiv 2306.07536, §4): a GPT-2 with learned positions over the sequence x₁, y₁, x₂, y₂, …, xₙ, in which y is the vector (y, 0, …, 0). One
/// map brings both kinds to the model's width; another reads a logit for the label at every x, which sees the pairs before it alone.
/// </summary>
public sealed class TartReasoner : IDisposable
{
    private const string ReadIn = "read_in";
    private const string ReadOut = "read_out";

    private readonly CausalLanguageModel model;
    private readonly SiteSet sites;
    private readonly Parameter readIn, readOut, readOutBias;
    private readonly TokenBatch batch = new();
    private readonly Graph graph = new(recording: false);
    private Tensor tokens;

    /// <summary>A reasoner with initial weights.</summary>
    public TartReasoner(TartPlan plan, SeededRandom random)
    {
        Plan = plan;
        model = (CausalLanguageModel)NewModel.Create(Configuration(plan), random.Fork("model"));
        sites = new SiteSet(model, "reasoner");
        (readIn, readOut, readOutBias) = (new Parameter(ReadIn, plan.Width, plan.Dimensions), new Parameter(ReadOut, 1, plan.Width), new Parameter(ReadOut + "_bias", 1, 1));
        var own = TrainedModule.AttachAll(model, sites);
        Parameters = [.. own, readIn, readOut, readOutBias];
        Start(own, random.Fork("maps"));
        sites.Embeddings.Add(new Vectors(this));
    }

    public TartPlan Plan { get; }

    /// <summary>All that is trained.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Labelled points that may stand before a query.</summary>
    public int Capacity => Plan.Pairs - 1;

    /// <summary>The logit of label 1 at every point [sequences·pairs, 1]; the logit of point i sees the pairs before it and its own x.</summary>
    /// <param name="x">[sequences·pairs, d].</param>
    /// <param name="y">0 or 1 for each point; the last of a sequence is not read.</param>
    public Tensor Logits(Graph on, ReadOnlySpan<float> x, ReadOnlySpan<float> y, int sequences, int pairs)
    {
        if (pairs < 1 || pairs > Plan.Pairs || x.Length != sequences * pairs * Plan.Dimensions || y.Length != sequences * pairs)
            throw new ArgumentException($"{sequences} sequences of {pairs} pairs of {Plan.Dimensions} numbers, with {x.Length} numbers and {y.Length} labels; at most {Plan.Pairs} pairs");
        var length = 2 * pairs - 1;
        Fill(on, x, y, sequences, pairs);
        batch.Clear();
        for (var s = 0; s < sequences; s++)
            batch.Add(new int[length]);
        var rows = new int[sequences * pairs];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = i / pairs * length + 2 * (i % pairs);
        var states = model.ForwardRows(on, batch, sites, rows);
        return on.AddBias(on.Product(states, on.Use(readOut)), on.Use(readOutBias));
    }

    /// <summary>The logit of label 1 for each query, alone behind the labelled points: [queries].</summary>
    /// <param name="x">Labelled points [labels.Length, d].</param>
    /// <param name="queries">[queries, d].</param>
    public double[] Predict(ReadOnlySpan<float> x, ReadOnlySpan<float> labels, ReadOnlySpan<float> queries)
    {
        var (d, pairs) = (Plan.Dimensions, labels.Length + 1);
        var result = new double[queries.Length / d];
        // A pass of about 2,000 tokens; what a query gets does not depend on who is beside it.
        var atOnce = Math.Max(1, 1000 / pairs);
        for (var start = 0; start < result.Length; start += atOnce)
        {
            var count = Math.Min(atOnce, result.Length - start);
            var (points, y) = (new float[count * pairs * d], new float[count * pairs]);
            for (var i = 0; i < count; i++)
            {
                x.CopyTo(points.AsSpan(i * pairs * d));
                queries.Slice((start + i) * d, d).CopyTo(points.AsSpan((i * pairs + pairs - 1) * d));
                labels.CopyTo(y.AsSpan(i * pairs));
            }
            graph.Reset();
            var logits = Logits(graph, points, y, count, pairs);
            for (var i = 0; i < count; i++)
                result[start + i] = logits.Span[i * pairs + pairs - 1];
        }
        return result;
    }

    /// <summary>Rounds every weight to float16, in which it is saved, so that loading gives the same bits.</summary>
    public void RoundToHalf()
    {
        foreach (var parameter in Parameters)
            foreach (ref var v in parameter.Value.Span)
                v = (float)(Half)v;
    }

    /// <summary>Adds the weights under "reasoner." to the tensors of an adaptation.</summary>
    public void Save(TensorBag bag, string prefix = "reasoner.")
    {
        foreach (var parameter in Parameters)
            bag.AddHalf(prefix + parameter.Name, parameter.Value);
        bag.AddIntegers(prefix + "plan", [Plan.Dimensions, Plan.Pairs, Plan.Layers, Plan.Heads, Plan.Width]);
    }

    /// <exception cref="AttuneException">A tensor is missing or has another size.</exception>
    public static TartReasoner Load(TensorBag bag, string prefix = "reasoner.")
    {
        if (bag.GetIntegers(prefix + "plan") is not [var dimensions, var pairs, var layers, var heads, var width])
            throw new AttuneException("the reasoner's plan is not five numbers; fit the adaptation again");
        var plan = new TartPlan { Dimensions = (int)dimensions, Pairs = (int)pairs, Layers = (int)layers, Heads = (int)heads, Width = (int)width };
        var reasoner = new TartReasoner(plan, new SeededRandom(0));
        foreach (var parameter in reasoner.Parameters)
        {
            var stored = bag.Get(prefix + parameter.Name);
            if (stored.Rows != parameter.Rows || stored.Columns != parameter.Columns)
                throw new AttuneException($"the reasoner's {parameter.Name} is [{stored.Rows}, {stored.Columns}], expected [{parameter.Rows}, {parameter.Columns}]; fit the adaptation again");
            stored.Values.CopyTo(parameter.Value.Span);
        }
        return reasoner;
    }

    public void Dispose()
    {
        graph.Dispose();
        foreach (var parameter in Parameters)
            parameter.Dispose();
        model.Dispose();
    }

    /// <summary>
    /// Other initial values than a language model's: positions begin as sinusoids, so that a token finds its neighbour from the first steps on, and maps have the
    /// deviation 1/√width (<see cref="Configuration"/>) instead of 0.02, which is made for a width of 768. Without both the loss stayed at ln 2 for the 600 steps tried.
    /// </summary>
    private void Start(IReadOnlyList<Parameter> own, SeededRandom random)
    {
        var positions = own.First(p => p.Name.EndsWith("wpe.weight", StringComparison.Ordinal)).Value;
        for (var row = 0; row < positions.Rows; row++)
            for (var i = 0; i < positions.Columns; i++)
                positions[row][i] = (float)(0.5 * Math.Sin(row * Math.Pow(1000, -(double)(i / 2 * 2) / positions.Columns) + (i % 2 == 0 ? 0 : Math.PI / 2)));
        foreach (ref var w in readIn.Value.Span)
            w = (float)(random.NextNormal() / Math.Sqrt(Plan.Dimensions));
        foreach (ref var w in readOut.Value.Span)
            w = (float)(random.NextNormal() / Math.Sqrt(Plan.Width));
    }

    private static JsonObject Configuration(TartPlan plan) => new()
    {
        ["model_type"] = "gpt2", ["n_embd"] = plan.Width, ["n_head"] = plan.Heads, ["n_layer"] = plan.Layers, ["n_positions"] = 2 * plan.Pairs,
        ["vocab_size"] = 1, ["layer_norm_epsilon"] = 1e-5, ["initializer_range"] = 1 / Math.Sqrt(plan.Width),
    };

    /// <summary>The sequences' vectors [sequences·(2·pairs − 1), d].</summary>
    private void Fill(Graph on, ReadOnlySpan<float> x, ReadOnlySpan<float> y, int sequences, int pairs)
    {
        var d = Plan.Dimensions;
        tokens = on.Persistent.Matrix(sequences * (2 * pairs - 1), d);
        tokens.Clear();
        for (var s = 0; s < sequences; s++)
            for (var i = 0; i < pairs; i++)
            {
                var row = s * (2 * pairs - 1) + 2 * i;
                x.Slice((s * pairs + i) * d, d).CopyTo(tokens[row]);
                if (i < pairs - 1)
                    tokens[row + 1][0] = y[s * pairs + i];
            }
    }

    /// <summary>Adds the read-in of the sequences' vectors to the one token's vector.</summary>
    private sealed class Vectors(TartReasoner reasoner) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch) => graph.Add(value, graph.Product(reasoner.tokens, graph.Use(reasoner.readIn)));
    }
}
