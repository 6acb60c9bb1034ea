using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="C3a"/>.</summary>
public sealed record C3aOptions : AdapterOptions
{
    [Option("size b of the circulant blocks, which must divide the inputs and outputs of every map; unset: the largest up to 64 that does")]
    public int? BlockSize { get; init; }
}

/// <summary>C³A (Chen et al. 2024, equation 5): W + M/in, where M consists of circulant blocks: M[o·b+j, i·b+l] = kernel[o, i, (l−j) mod b].</summary>
public sealed class C3a : AdapterMethod<C3aOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "c3a",
        Summary = "Trains circular convolutions, blocks of circulant matrices, beside frozen matrices.",
        Paper = "Chen et al., Parameter-Efficient Fine-Tuning via Circular Convolution, Findings of ACL 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "C3A";

    public PeftAdapter Read(AdapterReader reader)
    {
        var size = reader.Positive("block_size");
        reader.Require("bias", "\"none\"");
        reader.Ignore("init_weights");
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            var b = (int)reader.Pattern("block_size_pattern", target, size);
            if (b < 1 || w.Inputs % b != 0 || w.Outputs % b != 0)
                throw reader.Refused($"has blocks of {b} for '{target.Name}', which do not divide its {w.Inputs} inputs and {w.Outputs} outputs; it was made for another model");
            reader.Add(w, new C3aChange(w, reader.Trained(target, "c3a_kernel", w.Outputs / b, w.Inputs / b, b), b));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, C3aOptions options)
    {
        var common = start.Linears.Aggregate(0, (g, l) => Divisor(Divisor(g, l.Inputs), l.Outputs));
        var size = options.BlockSize ?? Enumerable.Range(1, Math.Min(64, common)).Last(b => common % b == 0);
        if (size < 1 || common % size != 0)
            throw new AttuneException(FormattableString.Invariant($"c3a: blocks of {size} do not divide the inputs and outputs of every map; their greatest common divisor is {common}"));
        (start.Configuration["block_size"], start.Configuration["bias"]) = (size, "none");
        var random = start.Context.Random("c3a");
        foreach (var w in start.Linears)
            start.Uniform(AdapterStart.NameOf(w, "c3a_kernel"), Math.Sqrt(6.0 / (w.Inputs + w.Outputs)), random, w.Outputs / size, w.Inputs / size, size);
    }

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);
}
