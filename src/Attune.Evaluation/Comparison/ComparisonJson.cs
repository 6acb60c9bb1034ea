using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attune.Evaluation.Comparison;

/// <summary>How a run's files are written: snake_case names, kebab-case enumerations, texts as they are. Unknown names are passed over in reading.</summary>
internal static class ComparisonJson
{
    /// <summary>One line for each object.</summary>
    public static JsonSerializerOptions Lines { get; } = Make(indented: false);

    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    private static JsonSerializerOptions Make(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        // The files are no HTML; what embeds them escapes them.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    };
}
