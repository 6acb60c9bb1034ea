using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Miss"/>.</summary>
public sealed record MissOptions : AdapterOptions
{
    [Option("rank r: the delta repeats after r inputs")]
    public int Rank { get; init; } = 64;

    [Option("balance: one shard for all; bat: shards that the weight turns, r must divide all inputs and outputs; mini: the shard repeats along the outputs too")]
    public MissKind Kind { get; init; }

    [Option("mini: outputs after which the shard repeats, which must divide the outputs of every map")]
    public int MiniRank { get; init; } = 16;
}

/// <summary>
/// MiSS (Kang and Yin 2025): W + D̃, where D [outputs, r] is trained and repeats along the inputs: D̃[o, i] = D[o, i mod r]. bat: block by block of [r, r],
/// W + W·D_o + D_o with a D_o for each block of outputs. mini: D repeats along the outputs too.
/// </summary>
public sealed class Miss : AdapterMethod<MissOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "miss",
        Summary = "Trains one shard of each delta, which repeats along the inputs, beside frozen matrices.",
        Paper = "Kang and Yin, MiSS: Revisiting the Trade-off in LoRA with an Efficient Shard-Sharing Structure, arXiv 2409.15371, 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "MISS";

    public PeftAdapter Read(AdapterReader reader)
    {
        var rank = reader.Positive("r");
        reader.Require("bias", "\"none\"");
        reader.Require("init_weights", "true", "false", "\"bat\"", "\"mini\"");
        reader.Ignore("miss_dropout", "mini_r");
        var kind = reader.TextOrFlag("init_weights");
        var folds = new Dictionary<int, Parameter>();
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            if (kind == "bat")
                reader.Add(w, Turned(reader, target, rank));
            else
            {
                if (!folds.TryGetValue(w.Inputs, out var fold))
                    folds[w.Inputs] = fold = Fold(reader, rank, w.Inputs);
                reader.Add(w, new Repeated(w, Block(reader, target, rank, kind == "mini"), fold));
            }
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, MissOptions options)
    {
        RequirePositive("rank", options.Rank);
        RequirePositive("mini-rank", options.MiniRank);
        var (c, r) = (start.Configuration, options.Rank);
        (c["r"], c["mini_r"], c["bias"]) = (r, options.MiniRank, "none");
        c["init_weights"] = options.Kind == MissKind.Balance ? true : options.Kind == MissKind.Bat ? "bat" : "mini";
        foreach (var w in start.Linears)
        {
            int[] shape = options.Kind switch
            {
                MissKind.Bat when w.Inputs % r != 0 || w.Outputs % r != 0 =>
                    throw new AttuneException(FormattableString.Invariant($"miss: rank {r} does not divide the {w.Inputs} inputs and {w.Outputs} outputs of '{w.Name}', which bat needs; give another rank")),
                MissKind.Mini when w.Outputs % options.MiniRank != 0 =>
                    throw new AttuneException(FormattableString.Invariant($"miss: mini-rank {options.MiniRank} does not divide the {w.Outputs} outputs of '{w.Name}'; give another")),
                MissKind.Bat => [w.Outputs / r, r, r],
                MissKind.Mini => [r, options.MiniRank],
                _ => [r, w.Outputs],
            };
            start.Fill(AdapterStart.NameOf(w, "miss_block"), 0, shape);
        }
    }

    private static Parameter Block(AdapterReader reader, AdapterTarget target, int rank, bool mini)
    {
        var width = mini ? reader.Positive("mini_r") : target.Linear!.Outputs;
        if (target.Linear!.Outputs % width != 0)
            throw reader.Refused($"repeats after {width} outputs, which do not divide the {target.Linear.Outputs} of '{target.Name}'; it was made for another model");
        return reader.Trained(target, "miss_block", rank, width);
    }

    private static Blockwise Turned(AdapterReader reader, AdapterTarget target, int rank)
    {
        var w = target.Linear!;
        if (w.Inputs % rank != 0 || w.Outputs % rank != 0)
            throw reader.Refused($"has blocks of {rank} for '{target.Name}', which do not divide its {w.Inputs} inputs and {w.Outputs} outputs; it was made for another model");
        return new Blockwise(w, reader.Trained(target, "miss_block", w.Outputs / rank, rank, rank), rank);
    }

    /// <summary>[r, inputs], 1 where i mod r is the row: x times its transpose adds up the inputs that share a row of the shard.</summary>
    private static Parameter Fold(AdapterReader reader, int rank, int inputs)
    {
        var fold = new float[rank * inputs];
        for (var i = 0; i < inputs; i++)
            fold[i % rank * inputs + i] = 1;
        return reader.Constant("fold", rank, inputs, fold);
    }

    private sealed class Repeated(LinearModule module, Parameter block, Parameter fold) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.Product(Shard(graph), graph.Transpose(fold.Value));

        public override Tensor Beside(Graph graph, Tensor x) => graph.Product(graph.Product(x, fold.Value), Shard(graph));

        /// <summary>D, [outputs, r].</summary>
        private Tensor Shard(Graph graph)
        {
            if (block.Columns == Module.Outputs)
                return graph.Transpose(graph.Use(block));
            var places = new int[Module.Outputs * block.Rows];
            for (var o = 0; o < Module.Outputs; o++)
                for (var j = 0; j < block.Rows; j++)
                    places[o * block.Rows + j] = j * block.Columns + o % block.Columns;
            return graph.GatherElements(graph.Use(block), places, Module.Outputs, block.Rows);
        }
    }

    private sealed class Blockwise(LinearModule module, Parameter block, int rank) : WeightChange(module)
    {
        public override Tensor Weight(Graph graph, Tensor weight)
        {
            var (outputs, inputs) = (Module.Outputs, Module.Inputs);
            var d = graph.Use(block).Reshape(outputs, rank);
            // Row after row, a band of r outputs is as many rows of r numbers as the map has inputs, each to be multiplied by the band's block.
            var product = graph.BatchedProduct(weight.Reshape(outputs * (inputs / rank), rank), d, outputs / rank).Reshape(outputs, inputs);
            var places = new int[outputs * inputs];
            for (var o = 0; o < outputs; o++)
                for (var i = 0; i < inputs; i++)
                    places[o * inputs + i] = o * rank + i % rank;
            return graph.Add(weight, graph.Add(product, graph.GatherElements(d, places, outputs, inputs)));
        }
    }
}
