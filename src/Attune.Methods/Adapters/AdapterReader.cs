using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// What a kind reads an adapter with: configuration keys, modules and tensors, each noted when it is asked for, so that what nobody knows can be
/// refused; and the parameters and sites that come of it.
/// </summary>
public sealed partial class AdapterReader
{
    private readonly HashSet<string> known = ["auto_mapping", "base_model_name_or_path", "inference_mode", "peft_type", "peft_version", "revision", "task_type"];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly List<Parameter> parameters = [];
    private readonly List<Parameter> owned = [];
    private readonly Lazy<IReadOnlyList<AdapterTarget>> modules;

    internal AdapterReader(PeftFolder folder, TransformerModel model)
    {
        (Folder, Model) = (folder, model);
        modules = new(() => ModuleNames.Of(model, folder.Tensors.Keys));
    }

    public PeftFolder Folder { get; }

    public TransformerModel Model { get; }

    /// <summary>All modules of the model, under the adapter's names.</summary>
    public IReadOnlyList<AdapterTarget> Modules => modules.Value;

    /// <summary>What is trained, in the order in which it was asked for.</summary>
    internal List<Parameter> Parameters => parameters;

    /// <summary>All matrices made, trained or not.</summary>
    internal List<Parameter> Owned => owned;

    internal AdapterSites Sites { get; } = new();

    /// <summary>What a head consists of that the model lacks.</summary>
    internal List<(string Name, Parameter Parameter)> Head { get; } = [];

    /// <summary>Tensors of the file that are computed from parameters when the adapter is written.</summary>
    internal Dictionary<string, DerivedTensor> Derived { get; } = new(StringComparer.Ordinal);

    /// <summary>The modules that target_modules and its companions name, in the model's order.</summary>
    /// <exception cref="AttuneException">They name none.</exception>
    public IReadOnlyList<AdapterTarget> Targets()
    {
        var targets = new TargetModules(this);
        AdapterTarget[] found = [.. Modules.Where(targets.Contains)];
        return found.Length > 0 ? found
            : throw Refused($"changes {Folder.Configuration["target_modules"]!.ToJsonString()}, of which {Model.Architecture} has nothing; it was made for another model");
    }

    /// <summary>As <see cref="Targets"/>, all of which must be linear maps.</summary>
    public IReadOnlyList<AdapterTarget> LinearTargets()
    {
        var targets = Targets();
        return targets.FirstOrDefault(t => t.Linear is null) is { } other
            ? throw Refused($"changes '{other.Name}', which is no linear map; {Folder.PeftType} is known for those only")
            : targets;
    }

    /// <summary>The whole name of a part of a module's change: base_model.model.MODULE.PART.</summary>
    public static string NameOf(AdapterTarget target, string part) => ModuleNames.Prefix + target.Name + "." + part;

    /// <summary>A sentence that begins with the adapter's name: "'x' …".</summary>
    public AttuneException Refused(string what) => new($"'{Folder.Path}' {what}");

    /// <summary>Hangs a change of a linear map on the model where the adapter is attached.</summary>
    public void Add(LinearModule module, IWeightSite site) => Sites.Weights.Add((module, site));

    /// <summary>Hangs a change of a vector on the model.</summary>
    public void Add(VectorModule module, IVectorSite site) => Sites.Vectors.Add((module, site));

    /// <summary>Hangs a change of a table on the model.</summary>
    public void Add(TableModule module, ITableSite site) => Sites.Tables.Add((module, site));

    /// <summary>Refuses what nobody has asked for.</summary>
    internal void Finish()
    {
        SavedModules.Take(this);
        foreach (var derived in Derived.Values)
            derived.Begin();
        if (Folder.Tensors.Values.Where(t => !taken.Contains(t.Name)).ToArray() is { Length: > 0 } left)
            throw Refused(FormattableString.Invariant($"has {left.Length} tensors that have no place in {Model.Architecture} ({Listed(left.Select(t => t.Name + " " + t.ShapeText))}); it was made for another model or by another version"));
        if (Folder.State.Values.Where(t => !taken.Contains(t.Name)).ToArray() is { Length: > 0 } state)
            throw Refused($"has a {PeftFolder.StateName} with tensors that are not known ({Listed(state.Select(t => t.Name + " " + t.ShapeText))}); delete it or write it anew");
        if (Folder.Configuration.Select(p => p.Key).Where(k => !known.Contains(k)).ToArray() is { Length: > 0 } keys)
            throw Refused($"has settings that are not known ({Listed(keys)}) in its {PeftFolder.ConfigurationName}; they may change what the adapter computes: use a newer version of this program");
    }

    internal void Abandon()
    {
        foreach (var parameter in owned)
            parameter.Dispose();
    }

    internal bool IsTaken(string name) => taken.Contains(name);

    private static string Listed(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return string.Join(", ", all.Take(5)) + (all.Length > 5 ? ", …" : "");
    }

    /// <summary>The node under a key, which counts as known; null where it is absent or null.</summary>
    public JsonNode? Node(string key)
    {
        known.Add(key);
        return Folder.Configuration[key];
    }
}
