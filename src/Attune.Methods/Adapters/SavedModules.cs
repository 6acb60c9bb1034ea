using Attune.Models.Architectures;
using Attune.Models.Architectures.Blocks;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>modules_to_save and trained biases: what stands in an adapter's file under the modules' own names.</summary>
internal static class SavedModules
{
    /// <summary>
    /// Takes the modules whose names end with one of modules_to_save, without a dot before it, as PEFT has it; what the model lacks is a head. Prompt
    /// methods write them behind "base_model." alone.
    /// </summary>
    public static void Take(AdapterReader reader)
    {
        var names = reader.Texts("modules_to_save");
        if (names.Count == 0)
            return;
        foreach (var target in reader.Modules.Where(m => names.Any(n => m.Name.EndsWith(n, StringComparison.Ordinal))))
            Take(reader, reader.Has("base_model." + target.Name + ".weight") ? "base_model." : ModuleNames.Prefix, target);
        TakeHead(reader, names);
    }

    /// <summary>
    /// The biases that <c>bias</c> says: none, those of the changed maps (…base_layer.bias), or every one.
    /// </summary>
    /// <param name="only">What the kind calls its own: "lora_only".</param>
    public static void TakeBiases(AdapterReader reader, string only, IReadOnlyList<AdapterTarget> targets)
    {
        var kind = reader.Text("bias") ?? "none";
        if (kind == "none")
            return;
        if (kind != "all" && kind != only)
            throw reader.Refused($"sets bias to '{kind}', expected none, all or {only}");
        foreach (var target in (kind == "all" ? reader.Modules : targets).Where(t => t.Bias is not null))
        {
            var inner = AdapterReader.NameOf(target, "base_layer.bias");
            var name = reader.Has(inner) ? inner : AdapterReader.NameOf(target, "bias");
            if (targets.Contains(target) || reader.Has(name))
                AddVector(reader, target.Bias!, name);
        }
    }

    private static void Take(AdapterReader reader, string prefix, AdapterTarget target)
    {
        var (weight, bias) = (prefix + target.Name + ".weight", prefix + target.Name + ".bias");
        if (!reader.IsTaken(weight))
        {
            if (target.Linear is { } linear)
                reader.Add(linear, new SavedModule(reader.Trained(weight, linear.Outputs, linear.Inputs), m => m.Of(linear)));
            else if (target.Table is { } table)
                reader.Add(table, new SavedModule(reader.Trained(weight, table.Rows, table.Columns), m => m.Of(table)));
            else if (target.Weight is { } vector)
                AddVector(reader, vector, weight);
        }
        if (target.Bias is { } own && reader.Has(bias) && !reader.IsTaken(bias))
            AddVector(reader, own, bias);
    }

    private static void AddVector(AdapterReader reader, VectorModule vector, string name) =>
        reader.Add(vector, new SavedModule(reader.Trained(name, vector.Length), m => m.Of(vector)));

    /// <summary>What is left under a saved module's name belongs to a head that the model does not have.</summary>
    private static void TakeHead(AdapterReader reader, IReadOnlyList<string> names)
    {
        foreach (var tensor in reader.Folder.Tensors.Values.Where(t => !reader.IsTaken(t.Name) && t.Name.StartsWith("base_model.", StringComparison.Ordinal)).ToArray())
        {
            var path = tensor.Name.StartsWith(ModuleNames.Prefix, StringComparison.Ordinal) ? tensor.Name[ModuleNames.Prefix.Length..] : tensor.Name["base_model.".Length..];
            if (names.Any(n => path.StartsWith(n + ".", StringComparison.Ordinal)))
            {
                int[] shape = tensor.Shape.Count == 2 ? [-1, reader.Model.Hidden] : [.. tensor.Shape];
                reader.Head.Add((path, reader.Trained(tensor.Name, shape)));
            }
        }
        if (reader.Head.Count == 0 && reader.Text("task_type") is "SEQ_CLS" or "TOKEN_CLS" && reader.Model is not EncoderModel { Head: LabelHead })
            throw reader.Refused($"is a classifier and brings no head ({string.Join(" or ", names.Distinct())}); the adapter is incomplete");
        foreach (var (name, bias) in reader.Head.Where(h => h.Name.EndsWith(".bias", StringComparison.Ordinal)))
        {
            var weight = reader.Head.FirstOrDefault(h => h.Name == name[..^4] + "weight");
            if (weight.Parameter is null || weight.Parameter.Rows != bias.Count)
                throw reader.Refused(FormattableString.Invariant($"has '{bias.Name}' of {bias.Count} numbers and no '{bias.Name[..^4]}weight' that fits it; the adapter is damaged"));
        }
    }
}
