using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// A decoder as most are: tokens, blocks that are all made by one plan, a norm, a head. An architecture's file says the names and the choices; the defaults
/// are Llama's.
/// </summary>
internal sealed record DecoderPlan
{
    public required string Name { get; init; }

    public required DecoderSizes Sizes { get; init; }

    public required BlockPlan Block { get; init; }

    /// <summary>What stands before all names but the head's.</summary>
    public string Root { get; init; } = "model.";

    public string Tokens { get; init; } = "embed_tokens";

    /// <summary>Width of the tokens' table; 0: that of the stream.</summary>
    public int TokenWidth { get; init; }

    /// <summary>What is made of the tokens' table; null: it is the blocks' input, times <see cref="EmbeddingScale"/>.</summary>
    public Func<TableModule, TokenEmbedding>? Embedding { get; init; }

    public float EmbeddingScale { get; init; } = 1;

    public string Layers { get; init; } = "layers.";

    public string? FinalNorm { get; init; } = "norm";

    /// <summary>From the stream to the head's width, by its name behind the root; null: none.</summary>
    public string? Projection { get; init; }

    public string Head { get; init; } = "lm_head";

    public required bool Tied { get; init; }

    public bool HeadBias { get; init; }

    public float LogitScale { get; init; } = 1;

    public float LogitCap { get; init; }

    /// <summary>Rotary positions of the layers that read furthest; null: none.</summary>
    public RopeSettings? Rope { get; init; }

    /// <summary>Given back with the model.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    public DecoderModel Build(ArchitectureContext context)
    {
        var m = context.Modules;
        var tokens = m.Table(Root + Tokens + ".weight", Sizes.Vocabulary, TokenWidth == 0 ? Sizes.Hidden : TokenWidth);
        var embedding = Embedding?.Invoke(tokens) ?? new TokenEmbedding(tokens) { Scale = EmbeddingScale };
        var blocks = Enumerable.Range(0, Sizes.Layers).Select(i => Block.Create(m, i, FormattableString.Invariant($"{Root}{Layers}{i}."), Sizes)).ToArray();
        var finalNorm = Block.Norm.Create(m, Root, FinalNorm, Sizes.Hidden);
        var projection = Projection is null ? null : m.Linear(Root + Projection, -1, tokens.Columns, Sizes.Hidden, bias: false);
        return new DecoderModel(m)
        {
            Name = Name, Embedding = embedding, Blocks = new BlockStack(blocks), FinalNorm = finalNorm,
            Head = new ScoreHead(m.Head(Head, tokens, Tied, HeadBias)) { Projection = projection, Scale = LogitScale, Cap = LogitCap }, Width = Sizes.Hidden,
            Context = Rope is null ? Sizes.Context : context.Length(Sizes.Context, Rope), Shape = Sizes.Attention(), Rope = Rope, Owned = Owned,
            OwnSites = Block.Alibi is null ? DecoderModel.AllSites : [.. DecoderModel.AllSites.Where(s => s != SiteKind.Positions)],
        };
    }
}
