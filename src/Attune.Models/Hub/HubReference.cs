using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>A repository of a hub at a revision: OWNER/NAME[@revision].</summary>
/// <param name="Owner">Letters, digits, '.', '_' and '-'.</param>
/// <param name="Name">The same.</param>
/// <param name="Revision">A branch, a tag or a commit; "main" where none is given.</param>
public sealed record HubReference(string Owner, string Name, string Revision)
{
    private const string Main = "main";
    private const int Longest = 96;

    /// <summary>OWNER/NAME.</summary>
    public string Repository => Owner + "/" + Name;

    /// <summary>The folder below that of the models: OWNER/NAME, with @revision where it is not "main".</summary>
    public string Folder => Revision == Main ? Repository : $"{Repository}@{Revision.Replace("/", "%2F", StringComparison.Ordinal)}";

    public override string ToString() => Revision == Main ? Repository : $"{Repository}@{Revision}";

    /// <exception cref="AttuneException">The text is no repository; the message says what was expected.</exception>
    public static HubReference Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var revision = at < 0 ? Main : text[(at + 1)..];
        var parts = (at < 0 ? text : text[..at]).Split('/');
        if (parts.Length != 2 || !parts.All(IsName))
            throw new AttuneException($"{Shown.Quoted(text)} is no repository of the hub; expected OWNER/NAME or OWNER/NAME@revision, for instance HuggingFaceTB/SmolLM2-135M-Instruct");
        if (revision.Length > 2 * Longest || !revision.Split('/').All(IsName))
            throw new AttuneException($"{Shown.Quoted(revision)} is no revision; expected a branch, a tag or a commit behind '@'");
        return new HubReference(parts[0], parts[1], revision);
    }

    private static bool IsName(string part) =>
        part.Length is > 0 and <= Longest && part[0] != '.' && part[0] != '-' && part[^1] != '.' && !part.Contains("..", StringComparison.Ordinal)
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
