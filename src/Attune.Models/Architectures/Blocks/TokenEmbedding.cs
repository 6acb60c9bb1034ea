using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// From tokens to the first block's input: the token's vector (scaled, where the architecture does), what sites make of it, a projection to the
/// stream's width, learned positions and types, a norm.
/// </summary>
internal sealed class TokenEmbedding(TableModule tokens)
{
    public TableModule Tokens => tokens;

    /// <summary>Factor on the tokens' vectors: √hidden in Gemma.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>From a narrower table to the stream; null: none.</summary>
    public LinearModule? Projection { get; init; }

    /// <summary>Learned positions, added before the norm where they are as wide as the tokens' vectors, else behind the projection; null: none.</summary>
    public TableModule? Positions { get; init; }

    /// <summary>Row of the table at which position 0 stands: 2 in OPT.</summary>
    public int PositionOffset { get; init; }

    /// <summary>A token that has no place of its own: positions count the others, and it stands at the row before the first (RoBERTa); null: there is none.</summary>
    public int? Padding { get; init; }

    /// <summary>Types of tokens (BERT's segments); null: none.</summary>
    public TableModule? Types { get; init; }

    /// <summary>Whether what hangs on the embeddings acts here: in one place of a model that has several.</summary>
    public bool TakesSites { get; init; } = true;

    public NormModule? Norm { get; init; }

    public Tensor Apply(Graph graph, TokenBatch batch, SiteSet? sites)
    {
        sites?.Begin(graph, batch);
        var x = sites?.SoftPrompt is { } prompt && batch.Ids.IndexOfAnyExceptInRange(0, int.MaxValue) >= 0 ? WithPrompt(graph, batch, sites, prompt) : tokens.Look(graph, batch.Ids, sites);
        if (Scale != 1)
            x = graph.Scale(x, Scale);
        if (sites is not null && TakesSites)
            foreach (var site in sites.Embeddings)
                x = site.Apply(graph, x, batch);
        if (Types is not null)
            x = graph.Add(x, Types.Look(graph, batch.Types, sites));
        var narrow = Positions?.Columns == tokens.Columns;
        if (narrow)
            x = Placed(graph, x, batch, sites);
        x = Norm?.Apply(graph, x, sites) ?? x;
        x = Projection?.Apply(graph, x, sites) ?? x;
        return Positions is null || narrow ? x : Placed(graph, x, batch, sites);
    }

    /// <summary>Ids below 0 are an intervention's positions: those behind its keys are vectors of its prompt.</summary>
    private Tensor WithPrompt(Graph graph, TokenBatch batch, SiteSet sites, ISoftPrompt prompt)
    {
        var real = batch.Ids.ToArray().Where(id => id >= 0).ToArray();
        var tasks = batch.Segments.Select(s => s.Task).Distinct().ToList();
        var (order, next) = (new int[batch.Count], 0);
        foreach (var segment in batch.Segments)
            for (var i = segment.Start; i < segment.Start + segment.Length; i++)
                order[i] = batch.Ids[i] >= 0 ? next++
                    : real.Length + tasks.IndexOf(segment.Task) * prompt.Length + (-1 - batch.Ids[i] - (sites.Prefix?.Length ?? 0));
        Tensor[] prompts = [.. tasks.Select(t => prompt.Rows(graph, t))];
        return graph.GatherRows(graph.ConcatRows(real.Length == 0 ? prompts : [tokens.Look(graph, real, sites), .. prompts]), order);
    }

    private Tensor Placed(Graph graph, Tensor x, TokenBatch batch, SiteSet? sites) =>
        graph.Add(x, Positions!.Look(graph, PositionRows(batch, sites), sites));

    private int[] PositionRows(TokenBatch batch, SiteSet? sites)
    {
        var rows = SiteSet.Positions(batch, sites).ToArray();
        if (Padding is { } padding)
            CountOthers(batch, padding, rows);
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] += PositionOffset;
            if (rows[i] >= Positions!.Rows)
                throw new ContextOverflowException(rows[i] - PositionOffset + 1, Positions.Rows - PositionOffset);
        }
        return rows;
    }

    private static void CountOthers(TokenBatch batch, int padding, int[] rows)
    {
        foreach (var segment in batch.Segments)
        {
            var count = segment.Past;
            for (var i = segment.Start; i < segment.Start + segment.Length; i++)
                rows[i] = batch.Ids[i] == padding ? -1 : count++;
        }
    }
}
