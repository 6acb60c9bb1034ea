using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods.Retrieval;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Prompt;

/// <summary>How similarity is measured.</summary>
public enum RetrievalKind
{
    /// <summary>By the encoder where there is one, else BM25.</summary>
    Auto,

    /// <summary>Cosine of sentence embeddings.</summary>
    Encoder,

    /// <summary>Okapi BM25 over words.</summary>
    Bm25,
}

/// <summary>Options of <see cref="IclKnn"/>.</summary>
public sealed record IclKnnOptions : MethodOptions
{
    [Option("demonstrations in the prompt")]
    public int Demonstrations { get; init; } = 8;

    [Option("similarity by the encoder's embeddings or by words")]
    public RetrievalKind Retrieval { get; init; } = RetrievalKind.Auto;

    [Option("whether the most similar stands last, right before the query, or first")]
    public DemonstrationOrder Order { get; init; } = DemonstrationOrder.NearestLast;
}

/// <summary>
/// Nearest demonstrations (Liu et al. 2022, "KATE"): the K labelled rows most similar to the query, by cosine of sentence embeddings, or
/// by BM25 where no encoder is given; ordered by similarity.
/// </summary>
public sealed class IclKnn : Method<IclKnnOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "icl-knn",
        Summary = "The labelled rows most similar to the query as demonstrations, the nearest last.",
        Paper = "Liu et al., What Makes Good In-Context Examples for GPT-3?, DeeLIO 2022",
        Site = SiteKind.Prompt,
        View = ModelView.Text,
        UsesEncoder = true,
        LeastRows = 1,
        Set = MethodSet.Quick,
        Cost = "an embedding a row to fit; an embedding and a long prompt of its own per query",
    };

    protected override Adaptation Fit(FitContext context, IclKnnOptions options)
    {
        context.RequireModel(Card.Name);
        if (options.Demonstrations < 1)
            throw new AttuneException($"icl-knn: demonstrations is {options.Demonstrations}; it must be at least 1");
        var encode = options.Retrieval == RetrievalKind.Encoder || options.Retrieval == RetrievalKind.Auto && context.Encoder is not null;
        TensorBag.Matrix? embeddings = null;
        if (encode)
        {
            var encoder = context.RequireEncoder(Card.Name);
            var rows = encoder.Embed([.. context.Examples.Select(e => e.Input.Text)], cancel: context.Cancellation);
            embeddings = new TensorBag.Matrix(rows.Length, encoder.Dimensions, [.. rows.SelectMany(r => r)]);
        }
        var retrieved = new RetrievedDemonstrations(context.Examples, options.Demonstrations, options.Order, embeddings);
        return context.Of(this, options, retrieved) with { Notes = encode ? [] : ["no encoder: similarity by BM25"] };
    }
}

/// <summary>Site prompt: the labelled rows most similar to each input; by embeddings, or by BM25 where there are none.</summary>
public sealed class RetrievedDemonstrations : Intervention, IPromptIntervention
{
    private const string TensorName = "demonstration_embeddings";

    private readonly IReadOnlyList<Example> examples;
    private readonly int count;
    private readonly DemonstrationOrder order;
    private readonly TensorBag.Matrix? embeddings;
    private readonly NearestNeighbours? neighbours;
    private readonly Bm25? words;

    public RetrievedDemonstrations(IReadOnlyList<Example> examples, int count, DemonstrationOrder order, TensorBag.Matrix? embeddings)
    {
        (this.examples, this.count, this.order, this.embeddings) = (examples, count, order, embeddings);
        if (embeddings is { } e)
            neighbours = new NearestNeighbours(PointSet.Of([.. Enumerable.Range(0, e.Rows).Select(r => e.Values.AsSpan(r * e.Columns, e.Columns).ToArray())]));
        else
            words = new Bm25(examples.Select(x => x.Input.Text));
    }

    public override SiteKind Site => SiteKind.Prompt;

    public override string Summary => $"the {Math.Min(count, examples.Count)} nearest of {examples.Count} rows by {(neighbours is null ? "BM25" : "embeddings")}";

    public IReadOnlyList<IReadOnlyList<Example>> Demonstrations(IReadOnlyList<Input> inputs, PredictionTools tools)
    {
        if (neighbours is null)
            return [.. inputs.Select(i => Arrange(words!.Nearest(i.Text, count)))];
        var encoder = tools.Encoder ?? throw new AttuneException("these demonstrations are retrieved by a sentence encoder; give it with --encoder PATH");
        var vectors = encoder.Embed([.. inputs.Select(i => i.Text)], cancel: tools.Cancellation);
        return [.. vectors.Select(v => Arrange(neighbours.Nearest([.. v.Select(x => (double)x)], count)))];
    }

    public override JsonObject Save(TensorBag tensors)
    {
        if (embeddings is { } e)
            tensors.Add(TensorName, e.Rows, e.Columns, e.Values);
        return new JsonObject { ["examples"] = ExampleJson.Write(examples), ["count"] = count, ["nearest-first"] = order == DemonstrationOrder.NearestFirst, ["embedded"] = embeddings is not null };
    }

    public static RetrievedDemonstrations Load(JsonObject json, TensorBag tensors) => new(
        ExampleJson.Read(json["examples"]),
        (int)json["count"]!,
        (bool)json["nearest-first"]! ? DemonstrationOrder.NearestFirst : DemonstrationOrder.NearestLast,
        (bool)json["embedded"]! ? tensors.Get(TensorName) : null);

    private IReadOnlyList<Example> Arrange(int[] nearest)
    {
        var chosen = nearest.Select(i => examples[i]);
        return [.. order == DemonstrationOrder.NearestLast ? chosen.Reverse() : chosen];
    }
}
