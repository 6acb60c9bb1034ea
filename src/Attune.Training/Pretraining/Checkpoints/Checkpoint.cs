using System.Text.Json.Nodes;
using Attune.Models.Files;

namespace Attune.Training.Pretraining;

/// <summary>A checkpoint whose checksums were right.</summary>
/// <param name="State">Counters, plan, curves.</param>
/// <param name="Tensors">Weights, the optimizer's state, the average.</param>
internal sealed record Checkpoint(string Folder, int Step, JsonObject State, SafetensorsFile Tensors) : IDisposable
{
    public void Dispose() => Tensors.Dispose();
}
