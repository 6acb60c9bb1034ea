using Attune.Models.Architectures;

namespace Attune.Methods.Adapters;

/// <summary>
/// The modules of a model under the names that an adapter has for them. A head on top puts a word before every name ("bert."), and a checkpoint of the
/// bare model lacks it: the adapter's tensors tell which.
/// </summary>
internal static class ModuleNames
{
    public const string Prefix = "base_model.model.";

    public static IReadOnlyList<AdapterTarget> Of(TransformerModel model, IEnumerable<string> tensors)
    {
        var modules = Modules(model);
        var (added, cut) = Difference(modules, [.. tensors.Where(t => t.StartsWith(Prefix, StringComparison.Ordinal)).Select(t => t[Prefix.Length..])]);
        return [.. modules.Select(m => m with { Name = added + (m.Name.StartsWith(cut, StringComparison.Ordinal) ? m.Name[cut.Length..] : m.Name) })];
    }

    private static List<AdapterTarget> Modules(TransformerModel model)
    {
        var modules = new List<AdapterTarget>();
        var biases = model.Linears.Where(l => l.Bias is not null).Select(l => l.Bias!).ToHashSet();
        modules.AddRange(model.Tables.Select(t => new AdapterTarget(Stem(t.Name)) { Table = t }));
        modules.AddRange(model.Linears.Select(l => new AdapterTarget(l.Name) { Linear = l, Bias = l.Bias }));
        modules.AddRange(model.Vectors.Where(v => !biases.Contains(v)).GroupBy(v => Stem(v.Name)).Select(g => new AdapterTarget(g.Key)
        {
            Weight = g.FirstOrDefault(v => v.Name.EndsWith(".weight", StringComparison.Ordinal)),
            Bias = g.FirstOrDefault(v => v.Name.EndsWith(".bias", StringComparison.Ordinal)),
        }));
        return modules;
    }

    private static string Stem(string name) => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name;

    /// <summary>What the adapter's names have before the model's, and what the model's have before the adapter's.</summary>
    private static (string Added, string Cut) Difference(List<AdapterTarget> modules, string[] tensors)
    {
        var names = modules.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        // Inner modules only: "classifier" may be a part of many names.
        foreach (var tensor in tensors)
        {
            var parts = tensor.Split('.');
            for (var start = 0; start < Math.Min(2, parts.Length); start++)
                for (var end = parts.Length; end >= start + 3; end--)
                    if (names.Contains(string.Join('.', parts[start..end])))
                        return (string.Concat(parts[..start].Select(p => p + ".")), "");
        }
        var first = modules.Select(m => m.Name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? m.Name[..(dot + 1)] : "").GroupBy(f => f).MaxBy(g => g.Count())?.Key ?? "";
        var cut = first.Length > 0 && tensors.Any(t => modules.Any(m => m.Name.StartsWith(first, StringComparison.Ordinal) && t.StartsWith(m.Name[first.Length..] + ".", StringComparison.Ordinal)));
        return ("", cut ? first : "");
    }
}
