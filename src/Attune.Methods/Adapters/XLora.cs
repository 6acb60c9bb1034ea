using System.Text.Json.Nodes;

namespace Attune.Methods.Adapters;

/// <summary>
/// X-LoRA (Buehler and Buehler 2024): adapters of LoRA side by side, each scaled token by token and layer by layer by a classifier that reads the last hidden states of the model without them. The adapters
/// lie in folders of their own. To read only: it mixes adapters that were trained elsewhere.
/// </summary>
public sealed class XLora : IAdapterKind
{
    public string PeftType => "XLORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (depth, hidden, width) = (reader.Positive("xlora_depth"), reader.Positive("hidden_size"), reader.Node("xlora_size") is null ? 2048 : reader.Positive("xlora_size"));
        var settings = new XLoraSettings(
            reader.Flag("enable_softmax", otherwise: true), reader.Number("softmax_temperature", 1), reader.Flag("layerwise_scalings"), reader.OptionalInteger("top_k_lora"),
            reader.Flag("enable_softmax_topk"), reader.Number("global_scaling_weight", 1));
        reader.Ignore("xlora_dropout_p");
        reader.Require("use_trainable_adapters", "false");
        if (reader.Number("scaling_pass_value", 0) is not 0 and var pass)
            throw reader.Refused(FormattableString.Invariant($"reads the hidden states of a first pass with scalings of {pass}; known is 0"));
        if (hidden != reader.Model.Hidden)
            throw reader.Refused(FormattableString.Invariant($"reads hidden states of {hidden} numbers, and {reader.Model.Architecture} has {reader.Model.Hidden}; it was made for another model"));
        var adapters = Adapters(reader);
        try
        {
            return new XLoraAdapter(reader, settings, adapters, depth, width);
        }
        catch
        {
            Dispose(adapters);
            throw;
        }
    }

    /// <summary>The adapters in the order of their numbers.</summary>
    private static List<(string Folder, PeftAdapter Adapter)> Adapters(AdapterReader reader)
    {
        if (reader.Node("adapters") is not JsonObject folders || folders.Count == 0 || folders.Any(f => f.Value is not JsonValue v || !v.TryGetValue<string>(out _)))
            throw reader.Refused("names no adapters to mix; expected an object of folders");
        var result = new List<(string Folder, PeftAdapter Adapter)>();
        try
        {
            foreach (var (name, value) in folders)
            {
                var folder = value!.GetValue<string>();
                result.Add((folder, One(reader, name, folder)));
                var adapter = result[^1].Adapter;
                if (adapter.Changes.Any(c => c.GetType() != typeof(LoraFactors)) || adapter.Head.Count > 0)
                    throw reader.Refused($"mixes '{folder}', which is no plain LoRA adapter");
            }
            return result;
        }
        catch
        {
            Dispose(result);
            throw;
        }
    }

    private static PeftAdapter One(AdapterReader reader, string name, string folder)
    {
        // Relative names only, within the adapter's own folder and not that folder: a file must lead neither elsewhere nor to itself.
        var parts = folder.Split('/', '\\');
        if (Path.IsPathRooted(folder) || parts.Contains("..") || parts.All(p => p is "" or "."))
            throw reader.Refused($"has its adapter {name} at '{folder}', expected a folder within its own; copy the adapter into one");
        var inner = PeftFolder.Read(Path.Combine(reader.Folder.Path, folder));
        if (inner.PeftType != "LORA")
            throw reader.Refused($"mixes '{folder}', which is of the kind {inner.PeftType}; expected LORA");
        return AdapterKinds.Read(inner, reader.Model);
    }

    private static void Dispose(List<(string Folder, PeftAdapter Adapter)> adapters)
    {
        foreach (var (_, adapter) in adapters)
            adapter.Dispose();
    }
}
