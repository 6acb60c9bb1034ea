using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>What --against names: which peer, and where its program is.</summary>
internal sealed record PeerName(string Peer, string Program)
{
    private static readonly string[] Known = ["llama-bench", "python"];

    /// <summary>Reads "llama-bench=PATH" or "python=PATH".</summary>
    /// <exception cref="AttuneException">The peer is not known, or there is no path.</exception>
    public static PeerName Parse(string text)
    {
        var (peer, path) = text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (text[..at], text[(at + 1)..]) : (text, "");
        if (!Known.Contains(peer))
            throw new AttuneException($"'{peer}' is no peer that is known{Terminal.Nearest.Hint(peer, Known)}; expected {string.Join(" or ", Known.Select(k => k + "=PATH"))}");
        return path.Length > 0 ? new PeerName(peer, path) : throw new AttuneException($"'{text}' does not say where the program is; expected {peer}=PATH");
    }

    /// <exception cref="AttuneException">No program lies at the path.</exception>
    public void RequireProgram()
    {
        if (!File.Exists(Program))
            throw new AttuneException($"there is no program '{Program}'; give the path of {Peer} as it was built or installed");
    }
}
