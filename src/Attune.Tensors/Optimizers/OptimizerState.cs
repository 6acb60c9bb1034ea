namespace Attune.Tensors.Optimizers;

/// <summary>All that an optimizer remembers, for resuming with the same bits.</summary>
/// <param name="Kind">Which optimizer it belongs to, e.g. "AdamW".</param>
/// <param name="Steps">Parameter name → steps taken.</param>
/// <param name="Tensors">"parameter.part" → values, e.g. "layers.0.lora_A.first"; never shared with the optimizer's own memory.</param>
public sealed record OptimizerState(string Kind, IReadOnlyDictionary<string, long> Steps, IReadOnlyDictionary<string, float[]> Tensors);
