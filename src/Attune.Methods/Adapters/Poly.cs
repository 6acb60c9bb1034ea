using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Poly"/>.</summary>
public sealed record PolyOptions : AdapterOptions
{
    [Option("rank r of a skill")]
    public int Rank { get; init; } = 8;

    [Option("skills of a map")]
    public int Skills { get; init; } = 4;

    [Option("parts of a map that mix the skills apart")]
    public int Splits { get; init; } = 1;
}

/// <summary>
/// Polytropon (Ponti et al. 2023, equation 2) with the heads of Caccia et al. (2023): a task mixes low-rank skills by weights σ(z)/Σσ(z) of its own, for each part of a map's inputs and
/// outputs apart; x·A·B/r is added.
/// </summary>
public sealed class Poly : AdapterMethod<PolyOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "poly",
        Summary = "Trains low-rank skills beside frozen matrices and how the task mixes them.",
        Paper = "Ponti et al., Combining Parameter-efficient Modules for Task-level Generalisation, EACL 2023",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "POLY";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, tasks, skills, splits) = (reader.Positive("r"), reader.Positive("n_tasks"), reader.Positive("n_skills"), reader.Positive("n_splits"));
        reader.Require("poly_type", "\"poly\"");
        reader.Ignore("init_weights");
        foreach (var target in reader.LinearTargets())
        {
            var map = target.Linear!;
            if (map.Inputs % splits != 0 || map.Outputs % splits != 0)
                throw reader.Refused(FormattableString.Invariant($"cuts '{target.Name}' into {splits} parts, which do not divide {map.Inputs} inputs and {map.Outputs} outputs; it was made for another model"));
            reader.Add(map, new Mixture(map, new Sizes(rank, tasks, skills, splits),
                reader.Trained(target, "poly_lora_A", splits, skills, map.Inputs / splits, rank),
                reader.Trained(target, "poly_lora_B", splits, skills, rank, map.Outputs / splits),
                reader.Trained(target, "poly_router.module_logits", tasks, splits * skills)));
        }
        return new Routed(reader);
    }

    protected override void Begin(AdapterStart start, PolyOptions options)
    {
        RequirePositive("rank", options.Rank);
        RequirePositive("skills", options.Skills);
        RequirePositive("splits", options.Splits);
        var c = start.Configuration;
        (c["r"], c["n_tasks"], c["n_skills"], c["n_splits"], c["poly_type"]) = (options.Rank, 1, options.Skills, options.Splits, "poly");
        var random = start.Context.Random("poly");
        foreach (var map in start.Linears)
        {
            start.Uniform(AdapterStart.NameOf(map, "poly_lora_A"), 1 / Math.Sqrt(map.Inputs), random, options.Splits, options.Skills, map.Inputs / options.Splits, options.Rank);
            start.Fill(AdapterStart.NameOf(map, "poly_lora_B"), 0, options.Splits, options.Skills, options.Rank, map.Outputs / options.Splits);
            start.Uniform(AdapterStart.NameOf(map, "poly_router.module_logits"), 1e-3, random, 1, options.Splits * options.Skills);
        }
    }

    private sealed record Sizes(int Rank, int Tasks, int Skills, int Splits);

    private sealed class Routed(AdapterReader reader) : PeftAdapter(reader)
    {
        public override void Attach(SiteSet sites)
        {
            base.Attach(sites);
            sites.ReadsTokens = true;
        }

        public override MergedWeights Merge() => throw CannotMerge("each task mixes the skills in another way");
    }

    private sealed class Mixture(LinearModule map, Sizes sizes, Parameter a, Parameter b, Parameter logits) : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
        {
            var y = map.Base(graph, x, sites);
            var segments = sites.Batch?.Segments ?? [];
            var tasks = segments.Select(s => s.Task).Distinct().ToArray();
            if (tasks.Length <= 1)
                return graph.Add(y, Beside(graph, x, tasks.Length == 0 ? 0 : tasks[0]));
            // Rows of each task by themselves, then in the order of the batch.
            var parts = new List<Tensor>();
            var order = new int[x.Rows];
            var next = 0;
            foreach (var task in tasks)
            {
                int[] rows = [.. segments.Where(s => s.Task == task).SelectMany(s => Enumerable.Range(s.Start, s.Length))];
                parts.Add(Beside(graph, graph.GatherRows(x, rows), task));
                foreach (var row in rows)
                    order[row] = next++;
            }
            return graph.Add(y, graph.GatherRows(graph.ConcatRows([.. parts]), order));
        }

        /// <summary>x·A·B/r with a task's mixture of skills.</summary>
        private Tensor Beside(Graph graph, Tensor x, int task)
        {
            if ((uint)task >= (uint)sizes.Tasks)
                throw new AttuneException(FormattableString.Invariant($"the adapter has {sizes.Tasks} tasks, and task {task} was asked for; give one of 0 to {sizes.Tasks - 1}"));
            var (r, q, s) = (sizes.Rank, sizes.Splits, sizes.Skills);
            var open = graph.Sigmoid(graph.GatherRows(graph.Use(logits), [task]).Reshape(q, s));
            var share = graph.Divide(open, graph.AddScalar(graph.RowSum(open), 1e-12f));
            // Each split is a block: [1, skills]·[skills, the skill's numbers].
            var mixedA = graph.BatchedProduct(share, graph.Use(a).Reshape(q * s, a.Count / (q * s)), q).Reshape(map.Inputs, r);
            var mixedB = graph.BatchedProduct(share, graph.Use(b).Reshape(q * s, b.Count / (q * s)), q);
            var width = map.Outputs / q;
            var turned = new int[map.Outputs * r];
            for (var o = 0; o < map.Outputs; o++)
                for (var k = 0; k < r; k++)
                    turned[o * r + k] = (o / width * r + k) * width + o % width;
            var narrow = graph.Scale(graph.Product(x, graph.Transpose(mixedA)), 1f / r);
            return graph.Product(narrow, graph.GatherElements(mixedB, turned, map.Outputs, r));
        }
    }
}
