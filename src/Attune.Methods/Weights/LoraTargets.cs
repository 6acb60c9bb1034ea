using Attune.Models;

namespace Attune.Methods.Weights;

/// <summary>The maps of queries and values (Hu et al. 2022, section 7.1), whatever an architecture calls them.</summary>
internal static class LoraTargets
{
    /// <summary>Names of queries and values, or of what holds them; state spaces have the maps into their blocks in their place.</summary>
    private static readonly string[][] Names =
    [
        ["q_proj", "v_proj"], ["q", "v"], ["query", "value"], ["q_lin", "v_lin"], ["query_proj", "value_proj"],
        ["c_attn"], ["query_key_value"], ["qkv_proj"], ["Wqkv"], ["in_proj"], ["receptance", "value"],
    ];

    /// <summary>The targets as given; where they are queries and values, or values alone, under a name that the model has not, under its own.</summary>
    public static IReadOnlyList<string> Of(LanguageModel model, IReadOnlyList<string> targets)
    {
        var values = targets is ["v_proj"];
        if (!values && !targets.SequenceEqual(Names[0], StringComparer.Ordinal))
            return targets;
        var roles = model.Transformer.Linears.Where(l => l.Layer >= 0).Select(l => l.Role).ToHashSet(StringComparer.Ordinal);
        var names = Names.FirstOrDefault(names => names.All(roles.Contains)) ?? targets;
        return values ? [names[^1]] : names;
    }
}
