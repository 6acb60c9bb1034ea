using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;

namespace Attune.Methods.Adapters;

/// <summary>use_bdlora: which factors are block-diagonal.</summary>
internal sealed record BlockDiagonalSettings(IReadOnlyList<string> OnA, IReadOnlyList<string> OnB, int Blocks, bool Strict)
{
    public static BlockDiagonalSettings? Read(AdapterReader reader)
    {
        if (reader.Node("use_bdlora") is not { } node)
            return null;
        if (node is not JsonObject json || json.Any(p => p.Key is not ("target_modules_bd_a" or "target_modules_bd_b" or "nblocks" or "match_strict")))
            throw reader.Refused($"has a use_bdlora of {node.ToJsonString()}, expected target_modules_bd_a, target_modules_bd_b, nblocks and match_strict");
        var blocks = json["nblocks"] is { } number ? AdapterReader.AsInteger(number) ?? 0 : 1;
        var strict = json["match_strict"] is not { } flag || (flag.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? (bool)flag : throw reader.Refused($"has a match_strict of {flag.ToJsonString()} in use_bdlora; expected true or false"));
        return blocks > 0 ? new BlockDiagonalSettings(Texts(reader, json["target_modules_bd_a"]), Texts(reader, json["target_modules_bd_b"]), blocks, strict)
            : throw reader.Refused($"has {json["nblocks"]!.ToJsonString()} blocks in use_bdlora; expected a whole number above 0");
    }

    /// <summary>Columns of A and of B as stored.</summary>
    public (int A, int B) Shapes(AdapterReader reader, AdapterTarget target, LinearModule module, int rank)
    {
        var (a, b) = (OnA.Any(p => target.Name.Contains(p, StringComparison.Ordinal)), OnB.Any(p => target.Name.Contains(p, StringComparison.Ordinal)));
        if (a && b || !a && !b && Strict)
            throw reader.Refused($"has '{target.Name}' in {(a ? "both lists" : "neither list")} of use_bdlora; expected one of them");
        if (a && (module.Inputs % Blocks != 0 || rank % Blocks != 0) || b && (module.Outputs % Blocks != 0 || rank % Blocks != 0))
            throw reader.Refused(FormattableString.Invariant($"cuts '{target.Name}' into {Blocks} blocks, which do not divide rank {rank} and {(a ? module.Inputs : module.Outputs)} {(a ? "inputs" : "outputs")}; it was made for another model"));
        return (a ? module.Inputs / Blocks : module.Inputs, b ? rank / Blocks : rank);
    }

    private static string[] Texts(AdapterReader reader, JsonNode? node) => node switch
    {
        null => [],
        JsonArray list when list.All(t => t?.GetValueKind() == JsonValueKind.String) => [.. list.Select(t => (string)t!)],
        _ => throw reader.Refused($"names the modules of use_bdlora by {node.ToJsonString()}; expected a list of texts"),
    };
}
