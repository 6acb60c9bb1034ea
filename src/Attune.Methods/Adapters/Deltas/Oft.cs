using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Oft"/>.</summary>
public sealed record OftOptions : AdapterOptions
{
    [Option("size of the rotations' blocks; the nearest that divides a map's inputs is taken")]
    public int BlockSize { get; init; } = 32;

    [Option("one rotation for all blocks of a map")]
    public bool Share { get; init; }

    [Option("make the rotations from a series of five terms instead of an inverse: faster, and orthogonal only while they are small")]
    public bool Neumann { get; init; } = true;
}

/// <summary>
/// OFT (Qiu et al. 2023, equation 4): W·Rᵀ with a block-diagonal rotation R = (I − Q)·(I + Q)⁻¹ of skew blocks Q, whose upper triangles are trained row by row. With the
/// series of Qiu et al. 2025, R = I + 2Q + 2Q² + … + Qᵏ, which turns the other way.
/// </summary>
public sealed class Oft : AdapterMethod<OftOptions>, IAdapterKind
{
    private const string Part = "oft_R.weight";

    public override MethodCard Card { get; } = new()
    {
        Name = "oft",
        Summary = "Turns the inputs of frozen matrices by trained rotations of blocks.",
        Paper = "Qiu et al., Controlling Text-to-Image Diffusion by Orthogonal Finetuning, NeurIPS 2023; Qiu et al., Orthogonal Finetuning Made Scalable, EMNLP 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "OFT";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (count, size) = (reader.Integer("r", 0), reader.Integer("oft_block_size", 0));
        if (count < 0 || size < 0 || (count == 0) == (size == 0))
            throw reader.Refused(FormattableString.Invariant($"sets r to {count} and oft_block_size to {size}; one of them must be 0 and the other above it"));
        var (share, coft, epsilon) = (reader.Flag("block_share"), reader.Flag("coft"), reader.Number("eps", 6e-5));
        var terms = reader.Flag("use_cayley_neumann", true) ? reader.Integer("num_cayley_neumann_terms", 5) : 0;
        reader.Ignore("fan_in_fan_out", "init_weights", "module_dropout", "num_cayley_neumann_terms");
        var targets = reader.LinearTargets();
        var rotations = new List<Parameter>();
        foreach (var target in targets)
        {
            var inputs = target.Linear!.Inputs;
            var block = size > 0 ? Divisor(inputs, size) : inputs / Divisor(inputs, count);
            rotations.Add(reader.Trained(target, Part, share ? 1 : inputs / block, block * (block - 1) / 2));
            reader.Add(target.Linear, new Change(target.Linear, rotations[^1], block, terms));
        }
        SavedModules.TakeBiases(reader, "oft_only", targets);
        return coft ? new OftAdapter(reader, rotations, epsilon) : new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, OftOptions options)
    {
        RequirePositive("block-size", options.BlockSize);
        var c = start.Configuration;
        (c["r"], c["oft_block_size"], c["block_share"], c["bias"]) = (0, options.BlockSize, options.Share, "none");
        (c["use_cayley_neumann"], c["num_cayley_neumann_terms"], c["coft"]) = (options.Neumann, 5, false);
        foreach (var w in start.Linears)
        {
            var block = Divisor(w.Inputs, options.BlockSize);
            start.Fill(AdapterStart.NameOf(w, Part), 0, options.Share ? 1 : w.Inputs / block, block * (block - 1) / 2);
        }
    }

    /// <summary>The divisor of n next to a number, the lower of two as near.</summary>
    internal static int Divisor(int n, int wanted)
    {
        if (wanted >= n)
            return n;
        int above = wanted, below = wanted;
        while (n % above != 0)
            above++;
        while (n % below != 0)
            below--;
        return wanted - below <= above - wanted ? below : above;
    }

    private sealed class Change(LinearModule module, Parameter triangles, int size, int terms) : WeightChange(module)
    {
        public override Tensor Weight(Graph graph, Tensor weight) => BlockRotation.Apply(graph, weight, Rotation(graph), transposed: true);

        public override Tensor Product(Graph graph, Tensor x, SiteSet sites) =>
            Module.Base(graph, BlockRotation.Apply(graph, x, Rotation(graph), transposed: false), sites);

        private Tensor Rotation(Graph graph)
        {
            var upper = graph.GatherElements(graph.Use(triangles), Places(), triangles.Rows * size, size);
            var skew = graph.Subtract(upper, BlockRotation.Transposed(graph, upper));
            return terms == 0 ? BlockRotation.Cayley(graph, skew) : Series(graph, skew);
        }

        /// <summary>The last power counts once, as in the series of Cayley's transform that breaks off there; PEFT takes its third for a fourth term too.</summary>
        private Tensor Series(Graph graph, Tensor skew)
        {
            var sum = BlockRotation.Identity(graph, triangles.Rows, size);
            if (terms < 2)
                return sum;
            sum = graph.Add(sum, graph.Scale(skew, 2));
            if (terms == 2)
                return sum;
            var power = graph.BatchedProduct(skew, skew, triangles.Rows);
            sum = graph.Add(sum, graph.Scale(power, 2));
            for (var term = 3; term < terms - 1; term++)
            {
                power = graph.BatchedProduct(power, skew, triangles.Rows);
                sum = graph.Add(sum, graph.Scale(power, 2));
            }
            return graph.Add(sum, graph.BatchedProduct(power, skew, triangles.Rows));
        }

        /// <summary>For each element of the blocks its place in the triangles, −1 on and below the diagonal.</summary>
        private int[] Places()
        {
            var places = new int[triangles.Rows * size * size];
            Array.Fill(places, -1);
            for (var block = 0; block < triangles.Rows; block++)
                for (int row = 0, next = block * triangles.Columns; row < size; row++)
                    for (var column = row + 1; column < size; column++)
                        places[(block * size + row) * size + column] = next++;
            return places;
        }
    }
}
