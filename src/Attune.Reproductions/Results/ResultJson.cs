using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Attune.Reproductions;

/// <summary>result.json: what a run found, for machines.</summary>
public static class ResultJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static string Write(ReproductionResult result) => Of(result).ToJsonString(Indented) + "\n";

    public static JsonObject Of(ReproductionResult result)
    {
        var card = result.Card;
        return new JsonObject
        {
            ["id"] = card.Id,
            ["title"] = card.Title,
            ["paper"] = card.Paper,
            ["done_when"] = card.DoneWhen,
            ["setting"] = card.Setting,
            ["scale"] = VerdictText.Of(result.Scale),
            ["seeds"] = result.Seeds,
            ["first_seed"] = result.FirstSeed,
            ["failed"] = result.Failed,
            ["claims"] = Array(result.Findings, Finding),
            ["checks"] = Array(result.Checks, c => new JsonObject { ["name"] = c.Name, ["error"] = Number(c.Error), ["bound"] = Number(c.Bound), ["holds"] = c.Holds }),
            ["settings"] = new JsonObject(result.Settings.Select(s => KeyValuePair.Create(s.Name, (JsonNode?)s.Value))),
            ["tables"] = Array(result.Exhibits.OfType<ResultTable>(), Table),
            ["figures"] = Array(result.Exhibits.OfType<Figure>(), FigureOf),
            ["maps"] = Array(result.Exhibits.OfType<HeatMap>(), Map),
            ["version"] = result.Version,
            ["processor"] = result.Processor,
            ["kernels"] = result.Kernels,
            ["threads"] = result.Threads,
            ["configuration"] = ConfigurationHash(result),
            ["seconds"] = Math.Round(result.Seconds, 2),
        };
    }

    /// <summary>SHA-256 of all that a run was told and fixed before it: card, scale, seeds and the sizes used.</summary>
    public static string ConfigurationHash(ReproductionResult result)
    {
        var card = result.Card;
        var told = new StringBuilder();
        void Say(FormattableString line) => told.Append(FormattableString.Invariant(line)).Append('\n');
        Say($"{card.Id}|{card.DoneWhen}|{card.Setting}|{VerdictText.Of(result.Scale)}|{result.Seeds}|{result.FirstSeed}");
        foreach (var claim in card.Claims)
            Say($"{claim.Key}|{claim.Sentence}|{claim.Threshold}");
        foreach (var (name, value) in result.Settings)
            Say($"{name}={value}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(told.ToString())));
    }

    private static JsonObject Finding(Finding finding) => new()
    {
        ["key"] = finding.Claim.Key,
        ["sentence"] = finding.Claim.Sentence,
        ["threshold"] = finding.Claim.Threshold,
        ["verdict"] = VerdictText.Of(finding.Verdict),
        ["because"] = finding.Because,
        ["values"] = Array(finding.Values, v => new JsonObject
        {
            ["name"] = v.Name,
            ["mean"] = Number(v.Mean),
            ["low"] = v.Interval is { } low ? Number(low.Low) : null,
            ["high"] = v.Interval is { } high ? Number(high.High) : null,
            ["per_seed"] = Array(v.PerSeed, Number),
        }),
    };

    private static JsonObject Table(ResultTable table) => new()
    {
        ["title"] = table.Title,
        ["columns"] = Array(table.Columns, Text),
        ["rows"] = Array(table.Rows, r => Array(r, Text)),
    };

    private static JsonObject FigureOf(Figure figure) => new()
    {
        ["title"] = figure.Title,
        ["x"] = figure.X,
        ["y"] = figure.Y,
        ["log_x"] = figure.LogX,
        ["log_y"] = figure.LogY,
        ["curves"] = Array(figure.Curves, c => new JsonObject
        {
            ["name"] = c.Name,
            ["points"] = Array(c.Points, p => new JsonObject { ["x"] = Number(p.X), ["y"] = Number(p.Y), ["low"] = Number(p.Low), ["high"] = Number(p.High) }),
        }),
    };

    private static JsonObject Map(HeatMap map) => new()
    {
        ["title"] = map.Title,
        ["x"] = map.X,
        ["y"] = map.Y,
        ["columns"] = Array(map.Columns, Text),
        ["rows"] = Array(map.Rows, Text),
        ["values"] = Array(Enumerable.Range(0, map.Rows.Count), r => Array(Enumerable.Range(0, map.Columns.Count), c => Number(map.Values[r, c]))),
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> of) => [.. items.Select(of)];

    private static JsonNode? Text(string text) => JsonValue.Create(text);

    /// <summary>Null for what JSON cannot write.</summary>
    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
