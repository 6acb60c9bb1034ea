using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Prompt;

/// <summary>Options of <see cref="IclRandom"/>.</summary>
public sealed record IclRandomOptions : MethodOptions
{
    [Option("most demonstrations in the prompt")]
    public int Demonstrations { get; init; } = 16;

    [Option("the same number of each label, as far as rows allow")]
    public bool Balanced { get; init; } = true;

    [Option("draw anew for each query, as the paper does; costs the demonstrations' computation for each")]
    public bool Redraw { get; init; }
}

/// <summary>
/// GPT-3's few-shot learning (Brown et al. 2020, section 2.1): K random labelled rows before the query, separated by blank lines.
/// By default they are drawn once for a seed, so that the cache computes them once; <see cref="IclRandomOptions.Redraw"/> draws for each query.
/// </summary>
public sealed class IclRandom : Method<IclRandomOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "icl-random",
        Summary = "Random labelled rows as demonstrations before the query.",
        Paper = "Brown et al., Language Models are Few-Shot Learners, NeurIPS 2020 (section 2.1)",
        Site = SiteKind.Prompt,
        View = ModelView.Text,
        LeastRows = 1,
        Set = MethodSet.Quick,
        Cost = "nothing to fit; a long prompt per query, its demonstrations computed once",
    };

    protected override Adaptation Fit(FitContext context, IclRandomOptions options)
    {
        context.RequireModel(Card.Name);
        if (options.Demonstrations < 1)
            throw new AttuneException($"icl-random: demonstrations is {options.Demonstrations}; it must be at least 1");
        return options.Redraw
            ? context.Of(this, options, new RedrawnDemonstrations(context.Examples, options.Demonstrations, options.Balanced, context.Seed))
            : context.Of(this, options, new FixedDemonstrations(DemonstrationDraw.Draw(context.Examples, options.Demonstrations, options.Balanced, context.Random("icl-random"))));
    }
}

/// <summary>Site prompt: random demonstrations drawn for each query by a hash of seed and input, so a row's prompt never changes.</summary>
public sealed class RedrawnDemonstrations(IReadOnlyList<Example> examples, int count, bool balanced, int seed) : Intervention, IPromptIntervention
{
    public override SiteKind Site => SiteKind.Prompt;

    public override string Summary => $"{count} of {examples.Count} demonstrations drawn for each query";

    public IReadOnlyList<IReadOnlyList<Example>> Demonstrations(IReadOnlyList<Input> inputs, PredictionTools tools) =>
        [.. inputs.Select(i => DemonstrationDraw.Draw(examples, count, balanced, new SeededRandom((ulong)seed).Fork("redraw").Fork(i.Text)))];

    public override JsonObject Save(TensorBag tensors) =>
        new() { ["examples"] = ExampleJson.Write(examples), ["count"] = count, ["balanced"] = balanced, ["seed"] = seed };

    public static RedrawnDemonstrations Load(JsonObject json, TensorBag tensors) =>
        new(ExampleJson.Read(json["examples"]), (int)json["count"]!, (bool)json["balanced"]!, (int)json["seed"]!);
}
