using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;

namespace Attune.Training.Pretraining;

/// <summary>A training as tensors and JSON, and back, bit for bit.</summary>
internal static class TrainingSnapshot
{
    private const string Weights = "weights.", Average = "average.";

    public static IEnumerable<TensorToWrite> Tensors(IReadOnlyList<Parameter> parameters, IReadOnlyList<OptimizerState> optimizers, WeightAverage? average)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            var p = parameters[i];
            long[] shape = [p.Rows, p.Columns];
            yield return TensorToWrite.FromFloats(Weights + p.Name, TensorType.F32, shape, () => p.Value.Span.ToArray());
            if (average is null)
                continue;
            var place = i;
            yield return TensorToWrite.FromFloats(Average + p.Name, TensorType.F32, shape, () => average[place].ToArray());
        }
        for (var o = 0; o < optimizers.Count; o++)
            foreach (var (name, values) in optimizers[o].Tensors)
                yield return TensorToWrite.FromFloats(Optimizer(o) + name, TensorType.F32, [values.Length], values);
    }

    public static JsonObject Steps(IReadOnlyList<OptimizerState> optimizers)
    {
        var json = new JsonObject();
        for (var o = 0; o < optimizers.Count; o++)
            json[Optimizer(o)] = new JsonObject { ["kind"] = optimizers[o].Kind, ["steps"] = JsonSerializer.SerializeToNode(optimizers[o].Steps) };
        return json;
    }

    /// <summary>Takes weights and average over.</summary>
    /// <exception cref="AttuneException">A tensor is missing.</exception>
    public static void Load(ITensorSource source, IReadOnlyList<Parameter> parameters, WeightAverage? average)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            Find(source, Weights + parameters[i].Name).ReadFloat32(parameters[i].Value.Span);
            if (average is not null)
                Find(source, Average + parameters[i].Name).ReadFloat32(average[i]);
        }
    }

    public static IReadOnlyList<OptimizerState> Optimizers(ITensorSource source, JsonObject steps) =>
    [
        .. steps.Select(entry => new OptimizerState(
            (string)entry.Value!["kind"]!, entry.Value["steps"].Deserialize<Dictionary<string, long>>()!,
            source.Tensors.Where(t => t.Key.StartsWith(entry.Key, StringComparison.Ordinal))
                .ToDictionary(t => t.Key[entry.Key.Length..], t => t.Value.ToFloat32(), StringComparer.Ordinal))),
    ];

    private static string Optimizer(int number) => FormattableString.Invariant($"optimizer.{number}.");

    private static StoredTensor Find(ITensorSource source, string name) =>
        source.Tensors.GetValueOrDefault(name)
        ?? throw new AttuneException($"the checkpoint lacks '{name}'; remove it, so that training goes on from the one before", AttuneErrorKind.Work);
}
