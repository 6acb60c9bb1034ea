using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Weights;

/// <summary>Site weights: low-rank deltas beside linear maps. Written in PEFT's format too.</summary>
public sealed class LoraAdapter(LoraSettings settings, IReadOnlyList<LoraFactors> factors) : Intervention, IModelIntervention, IExportable
{
    /// <summary>The folder, inside that of the adaptation, which PEFT can load.</summary>
    public const string PeftFolder = "peft";

    public override SiteKind Site => SiteKind.Weights;

    public override string Summary => FormattableString.Invariant($"rank {settings.Rank} beside {factors.Count} maps ({string.Join(", ", settings.Targets)}), scale {settings.Scale:0.###}");

    public override long TrainedParameters => factors.Sum(f => (long)f.A.Count + f.B.Count);

    public LoraSettings Settings => settings;

    public IReadOnlyList<LoraFactors> Factors => factors;

    public void Attach(SiteSet sites, LanguageModel model)
    {
        var modules = model.Transformer.Linears.ToDictionary(l => l.Name, StringComparer.Ordinal);
        foreach (var f in factors)
        {
            if (!modules.TryGetValue(f.Module, out var module))
                throw new AttuneException($"the adapter changes '{f.Module}', which {model.Name} does not have; it was made for another model");
            if (module.Inputs != f.A.Columns || module.Outputs != f.B.Rows)
                throw new AttuneException($"the adapter's factors for '{f.Module}' are {f.A.Columns} → {f.B.Rows}, but {model.Name} has {module.Inputs} → {module.Outputs}; it was made for another model");
            sites.Add(module, f);
        }
    }

    public override JsonObject Save(TensorBag tensors)
    {
        foreach (var f in factors)
        {
            tensors.Add(f.A.Name, f.A.Value);
            tensors.Add(f.B.Name, f.B.Value);
        }
        return new JsonObject
        {
            ["rank"] = settings.Rank,
            ["alpha"] = settings.Alpha,
            ["rank-stabilised"] = settings.RankStabilised,
            ["dropout"] = settings.Dropout,
            ["targets"] = new JsonArray([.. settings.Targets.Select(t => (JsonNode)t)]),
            ["modules"] = new JsonArray([.. factors.Select(f => (JsonNode)f.Module)]),
        };
    }

    public static LoraAdapter Load(JsonObject json, TensorBag tensors)
    {
        var settings = new LoraSettings((int)json["rank"]!, (double)json["alpha"]!, (bool)json["rank-stabilised"]!, (double)json["dropout"]!, [.. json["targets"]!.AsArray().Select(t => (string)t!)]);
        var factors = json["modules"]!.AsArray().Select(m =>
        {
            var name = (string)m!;
            var (a, b) = (tensors.Get(name + ".lora_A"), tensors.Get(name + ".lora_B"));
            var f = new LoraFactors(name, a.Rows, a.Columns, b.Rows, settings.Scale);
            a.Values.CopyTo(f.A.Value.Span);
            b.Values.CopyTo(f.B.Value.Span);
            return f;
        });
        return new LoraAdapter(settings, [.. factors]);
    }

    public void Export(string folder, Adaptation adaptation) =>
        PeftLora.Write(Path.Combine(folder, PeftFolder), this, adaptation.Provenance.Model.Split(' ')[0]);
}
