using System.Text.Json;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the truncation and padding of a tokenizer.json.</summary>
internal static class LengthJson
{
    public static TruncationSettings? Truncation(JsonElement? element)
    {
        if (element is not { } e)
            return null;
        var strategy = e.OptionalText("strategy") ?? "LongestFirst";
        if (strategy is not ("LongestFirst" or "OnlyFirst" or "OnlySecond"))
            throw JsonFields.Unknown("truncation strategy", strategy, "LongestFirst, OnlyFirst, OnlySecond");
        return new TruncationSettings(Count(e, "max_length") ?? 512, strategy, Count(e, "stride") ?? 0, FromLeft(e, "truncation direction"));
    }

    public static PaddingSettings? Padding(JsonElement? element)
    {
        if (element is not { } e)
            return null;
        return new PaddingSettings(
            Length(e.Field("strategy")), Count(e, "pad_to_multiple_of"), Count(e, "pad_id") ?? 0, Count(e, "pad_type_id") ?? 0, FromLeft(e, "padding direction"));
    }

    // "BatchLongest" or {"Fixed": 128}.
    private static int? Length(JsonElement? strategy) => strategy switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } fixedLength => Count(fixedLength, "Fixed") ?? throw JsonFields.Wrong("strategy", fixedLength, "{\"Fixed\": …}"),
        { } name => name.Text("strategy") is var text && text == "BatchLongest" ? null : throw JsonFields.Unknown("padding strategy", text, "BatchLongest, Fixed"),
    };

    private static int? Count(JsonElement e, string name) =>
        e.Integer(name) is not { } value ? null : value >= 0 ? value : throw JsonFields.Wrong(name, e.Required(name), "0 or more");

    private static bool FromLeft(JsonElement e, string what) => e.OptionalText("direction") switch
    {
        null or "Right" => false,
        "Left" => true,
        var other => throw JsonFields.Unknown(what, other, "Left, Right"),
    };
}
