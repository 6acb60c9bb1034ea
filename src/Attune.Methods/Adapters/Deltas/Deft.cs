using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Deft"/>.</summary>
public sealed record DeftOptions : AdapterOptions
{
    [Option("rank r of the subspace that is written anew; at most a map's outputs")]
    public int Rank { get; init; } = 8;
}

/// <summary>
/// DEFT (Kumar et al. 2025, section 3): (I − P·relu(P)ᵀ)·W + s·P·R: what W gives in a small subspace is taken out and something trained put there. Without R (PaRa, Chen et
/// al. 2024) it is only taken out.
/// </summary>
public sealed class Deft : AdapterMethod<DeftOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "deft",
        Summary = "Takes a trained subspace out of the outputs of frozen matrices and writes it anew.",
        Paper = "Kumar et al., DEFT: Decompositional Efficient Fine-Tuning for Text-to-Image Models, NeurIPS 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "DEFT";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, bare, alpha) = (reader.Positive("r"), reader.Flag("para"), reader.OptionalNumber("alpha"));
        reader.Require("decomposition_method", "\"relu\"");
        reader.Ignore("deft_dropout", "fan_in_fan_out", "init_scale", "init_weights");
        var targets = reader.LinearTargets();
        foreach (var target in targets)
        {
            var w = target.Linear!;
            var r = Math.Min(rank, w.Outputs);
            var p = reader.Trained(target, "deft_P", w.Outputs, r);
            reader.Add(w, new Change(w, p, bare ? null : reader.Trained(target, "deft_R", r, w.Inputs), alpha is { } a and not 0 ? (float)(a / r) : 1));
        }
        SavedModules.TakeBiases(reader, "deft_only", targets);
        return new PeftAdapter(reader);
    }

    /// <summary>P is small and random, R = relu(P)ᵀ·W: what is taken out is put back.</summary>
    protected override void Begin(AdapterStart start, DeftOptions options)
    {
        RequirePositive("rank", options.Rank);
        var c = start.Configuration;
        (c["r"], c["decomposition_method"], c["para"], c["bias"]) = (options.Rank, "relu", false, "none");
        var random = start.Context.Random("deft");
        foreach (var w in start.Linears)
        {
            var r = Math.Min(options.Rank, w.Outputs);
            var p = new float[w.Outputs * r];
            var put = new float[r * w.Inputs];
            var row = new float[w.Inputs];
            for (var o = 0; o < w.Outputs; o++)
            {
                w.Weight.ReadRow(o, row);
                for (var j = 0; j < r; j++)
                {
                    p[o * r + j] = (float)(random.NextNormal() * 0.02);
                    for (var i = 0; i < row.Length; i++)
                        put[j * w.Inputs + i] += Math.Max(0, p[o * r + j]) * row[i];
                }
            }
            start.Add(AdapterStart.NameOf(w, "deft_P"), [w.Outputs, r], p);
            start.Add(AdapterStart.NameOf(w, "deft_R"), [r, w.Inputs], put);
        }
    }

    private sealed class Change(LinearModule module, Parameter p, Parameter? put, float scale) : WeightChange(module)
    {
        public override Tensor Weight(Graph graph, Tensor weight)
        {
            var taken = graph.Product(Right(graph), graph.Transpose(weight));
            return put is null ? graph.Subtract(weight, graph.Product(graph.Use(p), graph.Transpose(taken)))
                : graph.Add(weight, graph.Product(graph.Use(p), graph.Transpose(graph.Subtract(graph.Scale(graph.Use(put), scale), taken))));
        }

        public override Tensor Product(Graph graph, Tensor x, SiteSet sites)
        {
            var y = graph.Linear(x, Module.Weight);
            var taken = graph.Product(y, Right(graph));
            y = put is null ? graph.Subtract(y, graph.Product(taken, graph.Use(p)))
                : graph.Add(y, graph.Product(graph.Subtract(graph.Scale(graph.Product(x, graph.Use(put)), scale), taken), graph.Use(p)));
            return Module.Biased(graph, y, sites);
        }

        /// <summary>relu(P)ᵀ, [r, out].</summary>
        private Tensor Right(Graph graph) => graph.Transpose(graph.Relu(graph.Use(p)));
    }
}
