using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Boft"/>.</summary>
public sealed record BoftOptions : AdapterOptions
{
    [Option("size b of the rotations' blocks; must divide the inputs of every map")]
    public int BlockSize { get; init; } = 4;

    [Option("number m of rotations in a row; b·2^(m−1) must divide the inputs of every map")]
    public int Factors { get; init; } = 1;
}

/// <summary>
/// BOFT (Liu et al. 2024, equation 3): diag(s)·W·(B_m … B₁)ᵀ with B_i = P_i·D_i·P_iᵀ, where D_i is a block-diagonal rotation (I − Q)·(I + Q)⁻¹ of Q = (R − Rᵀ)/2 and P_i a
/// butterfly's permutation.
/// </summary>
public sealed class Boft : AdapterMethod<BoftOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "boft",
        Summary = "Turns the inputs of frozen matrices by products of sparse rotations and scales their outputs.",
        Paper = "Liu et al., Parameter-Efficient Orthogonal Finetuning via Butterfly Factorization, ICLR 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "BOFT";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (size, count, factors) = (reader.Integer("boft_block_size", 0), reader.Integer("boft_block_num", 0), reader.Integer("boft_n_butterfly_factor", 1));
        reader.Ignore("boft_dropout", "fan_in_fan_out", "init_weights");
        if (size < 0 || count < 0 || (size == 0) == (count == 0))
            throw reader.Refused(FormattableString.Invariant($"sets boft_block_size to {size} and boft_block_num to {count}; one of them must be 0 and the other above it"));
        var targets = reader.LinearTargets();
        foreach (var target in targets)
        {
            var w = target.Linear!;
            var block = size > 0 ? size : w.Inputs / count;
            if (block < 1 || w.Inputs % block != 0 || (count > 0 && w.Inputs % count != 0))
                throw reader.Refused(FormattableString.Invariant($"has blocks that do not divide the {w.Inputs} inputs of '{target.Name}'; it was made for another model"));
            var r = reader.Trained(target, "boft_R", -1, w.Inputs / block, block, block);
            // Without its extension for GPUs PEFT makes one factor, whatever the configuration says.
            if (r.Rows != 1 && (r.Rows != factors || !Fits(w.Inputs, block, factors)))
                throw reader.Refused(FormattableString.Invariant($"has {r.Rows} rotations of blocks of {block} for '{target.Name}' with {w.Inputs} inputs and a boft_n_butterfly_factor of {factors}; they do not fit"));
            reader.Add(w, new Change(w, r, reader.Trained(target, "boft_s", w.Outputs, 1), block));
        }
        SavedModules.TakeBiases(reader, "boft_only", targets);
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, BoftOptions options)
    {
        var (size, factors) = (options.BlockSize, options.Factors);
        RequirePositive("block-size", size);
        RequirePositive("factors", factors);
        if (start.Linears.FirstOrDefault(l => !Fits(l.Inputs, size, factors)) is { } other)
            throw new AttuneException(FormattableString.Invariant($"boft: {factors} rotations of blocks of {size} do not fit the {other.Inputs} inputs of {other.Name}; the block must divide them, be even where there is more than one rotation, and times 2^{factors - 1} divide them too"));
        var c = start.Configuration;
        (c["boft_block_size"], c["boft_block_num"], c["boft_n_butterfly_factor"], c["bias"]) = (size, 0, factors, "none");
        foreach (var w in start.Linears)
        {
            start.Fill(AdapterStart.NameOf(w, "boft_R"), 0, factors, w.Inputs / size, size, size);
            start.Fill(AdapterStart.NameOf(w, "boft_s"), 1, w.Outputs, 1);
        }
    }

    private static bool Fits(int inputs, int block, int factors) =>
        factors == 1 ? inputs % block == 0 : factors is > 1 and < 31 && block % 2 == 0 && inputs % ((long)block << (factors - 1)) == 0;

    /// <summary>
    /// Row k of the i-th permutation has its one in column source[k]: within each run of b·2^i columns, seen as chunks of b/2, the even chunks come before the odd ones.
    /// </summary>
    internal static int[] Permutation(int n, int block, int i)
    {
        var (chunk, run) = (block / 2, block << i);
        var half = run / chunk / 2;
        var source = new int[n];
        for (var k = 0; k < n; k++)
        {
            var place = k % run / chunk;
            source[k] = k / run * run + (place < half ? 2 * place : 2 * (place - half) + 1) * chunk + k % chunk;
        }
        return source;
    }

    private sealed class Change(LinearModule module, Parameter r, Parameter scale, int block) : WeightChange(module)
    {
        public override Tensor Weight(Graph graph, Tensor weight)
        {
            var rotations = Rotations(graph);
            for (var i = 0; i < r.Rows; i++)
                weight = Turn(graph, weight, rotations, i, transposed: true);
            return graph.Multiply(weight, graph.Use(scale));
        }

        public override Tensor Product(Graph graph, Tensor x, SiteSet sites)
        {
            var rotations = Rotations(graph);
            for (var i = r.Rows - 1; i >= 0; i--)
                x = Turn(graph, x, rotations, i, transposed: false);
            return Module.Biased(graph, graph.MultiplyRow(graph.Linear(x, Module.Weight), graph.Use(scale).Reshape(1, Module.Outputs)), sites);
        }

        /// <summary>The blocks of all D_i, one below the other.</summary>
        private Tensor Rotations(Graph graph)
        {
            var free = graph.Use(r).Reshape(r.Rows * Module.Inputs, block);
            return BlockRotation.Cayley(graph, graph.Scale(graph.Subtract(free, BlockRotation.Transposed(graph, free)), 0.5f));
        }

        /// <summary>x·P·D·Pᵀ, or x·P·Dᵀ·Pᵀ.</summary>
        private Tensor Turn(Graph graph, Tensor x, Tensor rotations, int i, bool transposed)
        {
            if (r.Rows == 1)
                return BlockRotation.Apply(graph, x, rotations, transposed);
            var source = Permutation(Module.Inputs, block, i);
            var back = new int[source.Length];
            for (var k = 0; k < back.Length; k++)
                back[source[k]] = k;
            var turned = BlockRotation.Apply(graph, Moved(graph, x, back), graph.SliceRows(rotations, i * Module.Inputs, Module.Inputs), transposed);
            return Moved(graph, turned, source);
        }

        private Tensor Moved(Graph graph, Tensor x, int[] source)
        {
            var chunk = block / 2;
            return graph.GatherColumns(x, [.. Enumerable.Range(0, source.Length / chunk).Select(c => new ColumnRun(source[c * chunk], chunk))]);
        }
    }
}
