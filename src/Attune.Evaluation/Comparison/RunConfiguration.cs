using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>A method as config.json names it.</summary>
internal sealed record ConfiguredMethod(string Name, string Method, JsonNode Options, ModelView View, bool UsesRows, string Paper);

/// <summary>A cell of the plan.</summary>
internal sealed record CellKey(string Method, string Shots, int Seed)
{
    public string Text => RunResults.Key(Method, Shots, Seed);

    /// <summary>The name of its files: method, shots and seed, without characters that a file system refuses.</summary>
    public string FileName => $"{RunFiles.Safe(Method)}-{RunFiles.Safe(Shots)}-{Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}

/// <summary>config.json: the request in full, so that a run's folder can be read without anything else.</summary>
internal sealed record RunConfiguration
{
    public required RunIdentity Identity { get; init; }
    public required string DataPath { get; init; }
    public required string DataHash { get; init; }
    public string? ModelPath { get; init; }
    public string Model { get; init; } = "";
    public string ModelHash { get; init; } = "";
    public string ModelStorage { get; init; } = "";
    public string? EncoderPath { get; init; }
    public string Encoder { get; init; } = "";
    public string EncoderHash { get; init; } = "";
    public required string TaskName { get; init; }
    public required JsonObject Task { get; init; }
    public required IReadOnlyList<ConfiguredMethod> Methods { get; init; }
    public required IReadOnlyList<string> Shots { get; init; }
    public int Seeds { get; init; }
    public int FirstSeed { get; init; }
    public int? TestRows { get; init; }
    public bool Natural { get; init; }
    public bool KeepLeaks { get; init; }
    public OverflowPolicy Overflow { get; init; }
    public Precision Precision { get; init; }
    public Objective Objective { get; init; }
    public string? Baseline { get; init; }
    public double? BudgetSeconds { get; init; }
    public long? LimitMemory { get; init; }
    public bool NoExamples { get; init; }
    public DataReport? DataReport { get; init; }

    public static RunConfiguration Of(ComparisonRequest request, LanguageModel? model, SentenceEncoder? encoder) => new()
    {
        Identity = RunIdentity.Of(request, model, encoder),
        DataPath = request.DataPath,
        DataHash = request.Data.Hash,
        ModelPath = request.ModelPath,
        Model = model?.Name ?? "",
        ModelHash = model?.Description.Hash ?? "",
        ModelStorage = model?.Description.Storage ?? "",
        EncoderPath = request.EncoderPath,
        Encoder = encoder?.Name ?? "",
        EncoderHash = encoder?.Description.Hash ?? "",
        TaskName = request.Data.Task.Name,
        Task = request.Data.Task.ToJson(),
        Methods = [.. request.Methods.Select(m => new ConfiguredMethod(m.Name, m.Method.Card.Name, JsonNode.Parse(OptionsJson.Write(m.Options))!, m.Method.Card.View, m.Method.Card.UsesRows, m.Method.Card.Paper))],
        Shots = [.. request.Shots.Select(s => s.ToString())],
        Seeds = request.Seeds,
        FirstSeed = request.FirstSeed,
        TestRows = request.TestRows,
        Natural = request.Natural,
        KeepLeaks = request.KeepLeaks,
        Overflow = request.Overflow,
        Precision = request.Precision,
        Objective = request.Objective,
        Baseline = request.Baseline,
        BudgetSeconds = request.Budget?.TotalSeconds,
        LimitMemory = request.LimitMemory,
        NoExamples = request.NoExamples,
        DataReport = request.Data.Report,
    };

    public TaskSpec ReadTask() => TaskSpec.FromJson(JsonSerializer.SerializeToElement(Task), TaskName);

    public string Write() => JsonSerializer.Serialize(this, ComparisonJson.Indented) + "\n";

    /// <exception cref="AttuneException">The text is no configuration of a run.</exception>
    public static RunConfiguration Read(string text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunConfiguration>(text, ComparisonJson.Indented) ?? throw new JsonException("it holds null");
        }
        catch (JsonException e)
        {
            throw new AttuneException($"'{path}' is damaged ({e.Message}); begin the comparison again in another folder", AttuneErrorKind.Request, e);
        }
    }

    /// <summary>
    /// Every cell, seed by seed, so that each method has been seen once before any is seen twice; in a seed those that need less of a model
    /// first, then by budget. A method that uses no rows stands at "0" alone, once for each seed.
    /// </summary>
    public IReadOnlyList<CellKey> Cells() =>
    [
        .. from seed in Enumerable.Range(FirstSeed, Seeds)
           from cell in Methods.SelectMany((m, place) => (m.UsesRows ? Shots : [ShotSpec.None.ToString()]).Select((s, i) => (m, s, i, place)))
               .OrderBy(c => Effort(c.m.View)).ThenBy(c => c.i).ThenBy(c => c.place)
           select new CellKey(cell.m.Name, cell.s, seed),
    ];

    private static int Effort(ModelView view) => view switch
    {
        ModelView.None => 0,
        ModelView.Encoder => 1,
        ModelView.Text => 2,
        _ => 3,
    };
}
