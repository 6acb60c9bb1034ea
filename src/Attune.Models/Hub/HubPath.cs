using System.Globalization;
using System.Text;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>Names of files that a hub sends: what could lead out of the model's folder is refused, on every system alike.</summary>
internal static class HubPath
{
    private const int LongestPart = 200, Longest = 1000, MostParts = 16;

    private static readonly string[] Devices = ["con", "prn", "aux", "nul"];

    private static readonly string[] Encoded = ["%2f", "%5c", "%2e", "%00"];

    /// <exception cref="AttuneException">The name leads, or may lead, to another place.</exception>
    public static void Require(string name)
    {
        if (Fault(name) is { } fault)
            throw new AttuneException($"the hub lists a file {Shown.Quoted(name)}, {fault}; nothing was written: do not trust this repository", AttuneErrorKind.Work);
    }

    /// <summary>Why a name is not taken; null for a good one.</summary>
    public static string? Fault(string name)
    {
        if (name.Length is 0 or > Longest)
            return "whose name is empty or longer than a name may be";
        if (name.Any(c => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) || !name.IsNormalized(NormalizationForm.FormC))
            return "whose name holds characters that no file needs";
        if (name.Contains('\\', StringComparison.Ordinal))
            return "whose name holds a backslash";
        if (Encoded.Any(e => name.Contains(e, StringComparison.OrdinalIgnoreCase)))
            return "whose name holds an encoded separator";
        if (name.Contains(':', StringComparison.Ordinal))
            return "whose name holds a colon, as a drive does";
        if (name[0] == '/')
            return "whose name is absolute";
        var parts = name.Split('/');
        return parts.Length > MostParts ? "which lies too deep" : parts.Select(PartFault).FirstOrDefault(f => f is not null);
    }

    private static string? PartFault(string part)
    {
        if (part is "." or "..")
            return "whose name leads out of its folder";
        if (part.Length is 0 or > LongestPart || part[^1] is '.' or ' ' || part[0] == ' ')
            return "whose name has a part that not every system can hold";
        if (part.IndexOfAny(['<', '>', '"', '|', '?', '*']) >= 0 || IsDevice(part.Split('.')[0].ToLowerInvariant()))
            return "whose name has a part that not every system can hold";
        return part.Equals(HubFolder.Work, StringComparison.OrdinalIgnoreCase) ? "whose name is that of our own folder" : null;
    }

    private static bool IsDevice(string stem) =>
        Devices.Contains(stem) || stem.Length == 4 && (stem.StartsWith("com", StringComparison.Ordinal) || stem.StartsWith("lpt", StringComparison.Ordinal)) && char.IsAsciiDigit(stem[3]);
}
