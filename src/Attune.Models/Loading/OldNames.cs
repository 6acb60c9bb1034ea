namespace Attune.Models.Loading;

/// <summary>Names that tensors had in the first checkpoints of PyTorch: a norm's weight and bias were called gamma and beta.</summary>
internal static class OldNames
{
    private static readonly (string Now, string Then)[] Endings = [(".weight", ".gamma"), (".bias", ".beta")];

    /// <summary>What a tensor is called in a file: by its name of today, or where only the old one is there, by that.</summary>
    public static string InFile(string name, Func<string, bool> has)
    {
        if (has(name))
            return name;
        foreach (var (now, then) in Endings)
            if (name.EndsWith(now, StringComparison.Ordinal) && has(name[..^now.Length] + then))
                return name[..^now.Length] + then;
        return name;
    }
}
