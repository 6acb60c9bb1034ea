using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="MultitaskPromptTuning"/>.</summary>
public sealed record MultitaskPromptOptions : PromptOptions
{
    [Option("rank of a task's own factor")]
    public int Rank { get; init; } = 1;
}

/// <summary>Multitask prompt tuning (Wang et al. 2023, equation 2): a prompt that tasks share, multiplied entry by entry with a task's own matrix of low rank, P ⊙ (u_t·v_tᵀ).</summary>
public sealed class MultitaskPromptTuning : PromptMethod<MultitaskPromptOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "multitask-prompt-tuning",
        Summary = "Trains vectors before every prompt as a shared part times a task's own of low rank.",
        Paper = "Wang et al., Multitask Prompt Tuning Enables Parameter-Efficient Transfer Learning, ICLR 2023",
        Site = SiteKind.Embeddings,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "MULTITASK_PROMPT_TUNING";

    public PeftAdapter Read(AdapterReader reader)
    {
        var settings = PromptSettings.Read(reader, reader.Model.Hidden);
        var (tasks, ranks) = (reader.Positive("num_tasks"), reader.Positive("num_ranks"));
        reader.Ignore("prompt_tuning_init", "prompt_tuning_init_text", "prompt_tuning_init_state_dict_path", "prompt_tuning_init_task");
        var prompt = reader.Trained("prompt_embeddings", settings.Stored, settings.Width);
        var columns = reader.Trained("prefix_task_cols", tasks, settings.Stored, ranks);
        var rows = reader.Trained("prefix_task_rows", tasks, ranks, settings.Width);
        return new SoftPromptAdapter(reader, settings.Tokens, (graph, task) =>
        {
            if ((uint)task >= (uint)tasks)
                throw new AttuneException(FormattableString.Invariant($"the adapter has {tasks} tasks, and task {task} was asked for; give one of 0 to {tasks - 1}"));
            var u = graph.GatherRows(graph.Use(columns), [task]).Reshape(settings.Stored, ranks);
            var v = graph.GatherRows(graph.Use(rows), [task]).Reshape(ranks, settings.Width);
            return graph.Multiply(graph.Use(prompt), graph.Product(u, graph.Transpose(v)));
        });
    }

    protected override void Begin(AdapterStart start, MultitaskPromptOptions options)
    {
        base.Begin(start, options);
        RequirePositive("rank", options.Rank);
        var (count, width) = (Rows(start, options), start.Model.Transformer.Hidden);
        start.Configuration["num_tasks"] = 1;
        start.Configuration["num_ranks"] = options.Rank;
        start.Configuration["prompt_tuning_init"] = "RANDOM";
        var random = start.Context.Random("task");
        // Near one, so that the prompt begins as its shared part.
        start.Add("prefix_task_cols", [1, count, options.Rank], Near(count * options.Rank, options.Rank, random));
        start.Add("prefix_task_rows", [1, options.Rank, width], Near(options.Rank * width, 1, random));
        start.Add("prompt_embeddings", [count, width], Drawn(start, count));
    }

    private static float[] Near(int count, int parts, SeededRandom random) => [.. Enumerable.Range(0, count).Select(_ => (float)(1.0 / parts + 0.02 * random.NextNormal()))];
}
