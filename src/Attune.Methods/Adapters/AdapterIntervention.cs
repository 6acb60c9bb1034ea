using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Sites embeddings to weights: an adapter of one of PEFT's kinds. Written in PEFT's format too.</summary>
public sealed class AdapterIntervention(PeftFolder folder) : Intervention, IModelIntervention, IExportable
{
    /// <summary>The folder, inside that of the adaptation, which PEFT can load.</summary>
    public const string ExportFolder = "peft";

    /// <summary>The adapter as PEFT has it.</summary>
    public PeftFolder Folder => folder;

    public override SiteKind Site => AdapterKinds.Find(folder.PeftType) is IMethod method ? method.Card.Site : SiteKind.Weights;

    public override string Summary => FormattableString.Invariant($"{folder.PeftType} adapter of {folder.Tensors.Count} tensors");

    public override long TrainedParameters { get; } = folder.Tensors.Values.Where(t => !t.HasIntegers).Sum(t => (long)t.Count);

    public void Attach(SiteSet sites, LanguageModel model)
    {
        var adapter = AdapterKinds.Read(folder, model.Transformer);
        adapter.Fix();
        adapter.Attach(sites);
    }

    public override JsonObject Save(TensorBag tensors) => new()
    {
        ["configuration"] = folder.Configuration.DeepClone(),
        ["tensors"] = Listed(folder.Tensors.Values, tensors),
        ["state"] = Listed(folder.State.Values, tensors),
    };

    public static AdapterIntervention Load(JsonObject json, TensorBag tensors) =>
        new(new PeftFolder((JsonObject)json["configuration"]!.DeepClone(), Read(json["tensors"], tensors), Read(json["state"], tensors)) { Path = "the adaptation" });

    /// <summary>An adapter that the intervention LoraAdapter of version 0.1 saved.</summary>
    internal static AdapterIntervention LoadFormer(JsonObject json, TensorBag tensors)
    {
        var configuration = new JsonObject
        {
            ["peft_type"] = "LORA", ["task_type"] = "CAUSAL_LM", ["r"] = (int)json["rank"]!, ["lora_alpha"] = (double)json["alpha"]!, ["use_rslora"] = (bool)json["rank-stabilised"]!,
            ["lora_dropout"] = (double)json["dropout"]!, ["target_modules"] = json["modules"]!.DeepClone(), ["init_lora_weights"] = true, ["bias"] = "none", ["inference_mode"] = true,
        };
        var read = json["modules"]!.AsArray().SelectMany(m => new[] { "lora_A", "lora_B" }.Select(part =>
        {
            var matrix = tensors.Get($"{m}.{part}");
            return PeftTensor.Of($"{ModuleNames.Prefix}{m}.{part}.weight", [matrix.Rows, matrix.Columns], matrix.Values);
        }));
        return new AdapterIntervention(new PeftFolder(configuration, read) { Path = "the adaptation" });
    }

    public void Export(string folder, Adaptation adaptation) => Folder.Write(Path.Combine(folder, ExportFolder));

    private static JsonArray Listed(IEnumerable<PeftTensor> listed, TensorBag tensors)
    {
        var array = new JsonArray();
        foreach (var t in listed)
        {
            if (t.HasIntegers)
                tensors.AddIntegers(t.Name, t.Integers);
            else
                tensors.Add(t.Name, 1, t.Count, t.Floats);
            array.Add(new JsonObject { ["name"] = t.Name, ["type"] = t.Type.ToString(), ["shape"] = new JsonArray([.. t.Shape.Select(a => (JsonNode)a)]) });
        }
        return array;
    }

    private static IEnumerable<PeftTensor> Read(JsonNode? array, TensorBag tensors) => array!.AsArray().Select(entry =>
    {
        var (name, type) = ((string)entry!["name"]!, Enum.Parse<TensorType>((string)entry["type"]!));
        int[] shape = [.. entry["shape"]!.AsArray().Select(a => (int)a!)];
        return PeftTensor.IsFloat(type) ? PeftTensor.Of(name, type, shape, tensors.Get(name).Values) : PeftTensor.OfIntegers(name, type, shape, tensors.GetIntegers(name));
    });
}
