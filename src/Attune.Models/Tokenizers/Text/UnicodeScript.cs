using System.Globalization;

namespace Attune.Models.Tokenizers;

/// <summary>The script of each code point (Unicode Standard Annex 24), from a resource, so that no machine's tables decide.</summary>
internal static class UnicodeScript
{
    /// <summary>The number of what has no script.</summary>
    public const short None = -1;

    private const string InVersion9 = "@9";

    private static readonly List<string> Names = [];
    private static readonly List<(int First, int Last, short Script)> Ranges = [];
    private static readonly List<(int First, int Last)> Old = [];

    static UnicodeScript()
    {
        using var stream = typeof(UnicodeScript).Assembly.GetManifestResourceStream("UnicodeScripts.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line[0] != '#')
                ReadLine(line.Split(' '));
        Ranges.Sort();
    }

    /// <summary>The number of the script with this name (without underscores or case), or <see cref="None"/>.</summary>
    public static short ByName(string name) =>
        (short)Names.FindIndex(n => n.Equals(name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));

    public static short Of(int rune)
    {
        var (low, high) = (0, Ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, last, script) = Ranges[middle];
            if (rune >= first && rune <= last)
                return script;
            (low, high) = rune < first ? (low, middle - 1) : (middle + 1, high);
        }
        return None;
    }

    /// <summary>The script as Unicode 9.0 had it, which tokenizers' table is made from.</summary>
    public static short OfVersion9(int rune) => rune switch
    {
        0x953 or 0x954 => ByName("Devanagari"),
        0x589 or 0x61C => ByName("Common"),
        _ => Old.BinarySearch((rune, int.MaxValue)) is var at && (at < 0 ? ~at - 1 : at) is >= 0 and var i && rune <= Old[i].Last ? Of(rune) : None,
    };

    private static void ReadLine(string[] parts)
    {
        foreach (var range in parts.AsSpan(1))
        {
            var ends = Array.ConvertAll(range.Split('-'), p => int.Parse(p, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            if (parts[0] == InVersion9)
                Old.Add((ends[0], ends[^1]));
            else
                Ranges.Add((ends[0], ends[^1], (short)Names.Count));
        }
        if (parts[0] != InVersion9)
            Names.Add(parts[0]);
    }
}
