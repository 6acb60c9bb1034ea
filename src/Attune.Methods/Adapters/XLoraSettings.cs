namespace Attune.Methods.Adapters;

/// <summary>How X-LoRA makes scalings of a classifier's outputs.</summary>
/// <param name="Softmax">Over the adapters.</param>
/// <param name="Temperature">Divides before the softmax.</param>
/// <param name="Layerwise">Other scalings for each adapted map; otherwise the same.</param>
/// <param name="Top">Adapters that count for a token; null: all.</param>
/// <param name="SoftmaxOfTop">A softmax again over those.</param>
/// <param name="Weight">Factor on all.</param>
internal sealed record XLoraSettings(bool Softmax, double Temperature, bool Layerwise, int? Top, bool SoftmaxOfTop, double Weight);
