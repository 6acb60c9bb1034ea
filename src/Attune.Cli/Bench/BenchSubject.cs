using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Evaluation.Comparison;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>What was measured, where and when.</summary>
internal sealed record BenchSubject(DateTimeOffset Date, int Threads, ModelDescription? Model, Precision Precision)
{
    public string Line => string.Create(CultureInfo.InvariantCulture,
        $"{Date.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Machine.Processor}, {Threads} {(Threads == 1 ? "thread" : "threads")}, Attune {Machine.Version} ({Machine.Kernels})");

    public string? ModelLine => Model is null ? null : $"{Model.Name}, {Model.Storage}, precision {PrecisionName}";

    private string PrecisionName => Precision == Precision.Fast ? "fast" : "exact";

    public JsonObject ToJson() => new()
    {
        ["date"] = Date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["attune"] = Machine.Version,
        ["processor"] = Machine.Processor,
        ["kernels"] = Machine.Kernels,
        ["threads"] = Threads,
        ["precision"] = Model is null ? null : PrecisionName,
        ["model"] = Model is null ? null : new JsonObject { ["name"] = Model.Name, ["hash"] = Model.Hash, ["storage"] = Model.Storage },
    };
}
