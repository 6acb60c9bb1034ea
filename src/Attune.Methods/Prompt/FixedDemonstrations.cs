using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models.Sites;

namespace Attune.Methods.Prompt;

/// <summary>Site prompt: the same demonstrations before every query, so the cache computes them once.</summary>
public sealed class FixedDemonstrations(IReadOnlyList<Example> examples) : Intervention, IPromptIntervention
{
    public override SiteKind Site => SiteKind.Prompt;

    public override string Summary => $"{examples.Count} demonstrations, the same for every query";

    public IReadOnlyList<Example> Examples => examples;

    public IReadOnlyList<IReadOnlyList<Example>> Demonstrations(IReadOnlyList<Input> inputs, PredictionTools tools) =>
        [.. inputs.Select(_ => examples)];

    public override JsonObject Save(TensorBag tensors) => new() { ["examples"] = ExampleJson.Write(examples) };

    public static FixedDemonstrations Load(JsonObject json, TensorBag tensors) => new(ExampleJson.Read(json["examples"]));
}
