using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>An adapter in the making: the configuration and first tensors as PEFT would save them before training.</summary>
public sealed class AdapterStart
{
    private static readonly Dictionary<string, string[]> OtherNames = new(StringComparer.Ordinal)
    {
        ["q_proj"] = ["q", "query", "q_lin", "query_proj"], ["k_proj"] = ["k", "key", "k_lin", "key_proj"], ["v_proj"] = ["v", "value", "v_lin", "value_proj"],
        ["down_proj"] = ["wo", "fc2", "dense_4h_to_h", "lin2"],
    };

    private readonly List<PeftTensor> tensors = [];
    private readonly List<PeftTensor> state = [];

    /// <param name="targets">Maps by the last part of their names, or all-linear; null: the kind changes none.</param>
    /// <exception cref="AttuneException">The model lacks one of the maps.</exception>
    public AdapterStart(FitContext context, LanguageModel model, string method, string peftType, IReadOnlyList<string>? targets)
    {
        (Context, Model, Method) = (context, model, method);
        Configuration = new JsonObject
        {
            ["peft_type"] = peftType,
            ["task_type"] = model.Transformer is EncoderDecoderModel ? "SEQ_2_SEQ_LM" : "CAUSAL_LM",
            ["base_model_name_or_path"] = model.Name,
            ["inference_mode"] = true,
        };
        if (targets is null)
            return;
        targets = Known(Weights.LoraTargets.Of(model, targets));
        Linears = Find(targets);
        // Full names hold for any model, and two maps may end alike.
        Configuration["target_modules"] = new JsonArray([.. (targets is ["all-linear"] ? Linears.Select(l => l.Name) : targets).Select(t => (JsonNode)t)]);
    }

    public FitContext Context { get; }

    public LanguageModel Model { get; }

    /// <summary>The method's name, for messages.</summary>
    public string Method { get; }

    /// <summary>adapter_config.json, with what every kind has.</summary>
    public JsonObject Configuration { get; }

    /// <summary>The maps that are changed.</summary>
    public IReadOnlyList<LinearModule> Linears { get; } = [];

    /// <summary>The whole name of a part of a map's change.</summary>
    public static string NameOf(LinearModule module, string part) => ModuleNames.Prefix + module.Name + "." + part;

    /// <summary>Adds a tensor of given numbers.</summary>
    public void Add(string name, IReadOnlyList<int> shape, float[] values) => tensors.Add(PeftTensor.Of(name, shape, values));

    /// <summary>Adds a tensor of integers.</summary>
    public void AddIntegers(string name, IReadOnlyList<int> shape, long[] values) => tensors.Add(PeftTensor.OfIntegers(name, TensorType.I64, shape, values));

    /// <summary>Adds a tensor of one number.</summary>
    public void Fill(string name, float value, params IReadOnlyList<int> shape) => Add(name, shape, [.. Enumerable.Repeat(value, Count(shape))]);

    /// <summary>Adds a tensor drawn evenly from ±bound.</summary>
    public void Uniform(string name, double bound, SeededRandom random, params IReadOnlyList<int> shape) =>
        Add(name, shape, [.. Enumerable.Range(0, Count(shape)).Select(_ => (float)((2 * random.NextDouble() - 1) * bound))]);

    /// <summary>Adds a tensor drawn from a normal distribution around 0.</summary>
    public void Normal(string name, double deviation, SeededRandom random, params IReadOnlyList<int> shape) =>
        Add(name, shape, [.. Enumerable.Range(0, Count(shape)).Select(_ => (float)(random.NextNormal() * deviation))]);

    /// <summary>Adds a tensor that is trained but stands beside the adapter's file.</summary>
    public void State(string name, IReadOnlyList<int> shape, float[] values) => state.Add(PeftTensor.Of(name, shape, values));

    /// <inheritdoc cref="Uniform"/>
    public void StateUniform(string name, double bound, SeededRandom random, params IReadOnlyList<int> shape) =>
        State(name, shape, [.. Enumerable.Range(0, Count(shape)).Select(_ => (float)((2 * random.NextDouble() - 1) * bound))]);

    /// <inheritdoc cref="Normal"/>
    public void StateNormal(string name, double deviation, SeededRandom random, params IReadOnlyList<int> shape) =>
        State(name, shape, [.. Enumerable.Range(0, Count(shape)).Select(_ => (float)(random.NextNormal() * deviation))]);

    public PeftFolder ToFolder() => new(Configuration, tensors, state) { Path = Method };

    private static int Count(IReadOnlyList<int> shape) => shape.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>Targets that the model has under another name, under that.</summary>
    private string[] Known(IReadOnlyList<string> targets)
    {
        var roles = Model.Transformer.Linears.Where(l => l.Layer >= 0).Select(l => l.Role).ToHashSet(StringComparer.Ordinal);
        return [.. targets.Select(t => roles.Contains(t) || !OtherNames.TryGetValue(t, out var others) ? t : others.FirstOrDefault(roles.Contains) ?? t)];
    }

    private LinearModule[] Find(IReadOnlyList<string> targets)
    {
        var every = targets is ["all-linear"];
        var inner = Model.Transformer.Linears.Where(l => l.Layer >= 0).ToArray();
        var roles = inner.Select(l => l.Role).Distinct().ToArray();
        foreach (var target in targets)
            if (!every && !roles.Contains(target))
                throw new AttuneException($"{Method}: {Model.Name} has no map '{target}'; it has {string.Join(", ", roles)}");
        return [.. inner.Where(l => every || targets.Contains(l.Role))];
    }
}
