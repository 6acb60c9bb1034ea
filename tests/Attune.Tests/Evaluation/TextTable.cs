using System.Text.Json;

namespace Attune.Tests.Evaluation;

/// <summary>Metrics of generated text of the goldens, by name.</summary>
internal static class TextTable
{
    public static readonly Dictionary<string, Func<JsonElement, object>> Functions = new(StringComparer.Ordinal);
}
