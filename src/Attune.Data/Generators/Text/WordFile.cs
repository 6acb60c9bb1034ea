using System.Text;

namespace Attune.Data.Generators;

/// <summary>The lines of the word lists that are built into the assembly, without remarks and empty lines.</summary>
internal static class WordFile
{
    public static List<string> Lines(string name)
    {
        using var stream = typeof(WordFile).Assembly.GetManifestResourceStream($"Generators.{name}.txt")
            ?? throw new InvalidOperationException($"The word list '{name}' is not part of the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Trim() is { Length: > 0 } text && text[0] != '#')
                lines.Add(text);
        }

        return lines;
    }

    /// <summary>Lines "name: a | b | c" as a dictionary.</summary>
    public static Dictionary<string, string[]> Lists(string name) =>
        Lines(name).Select(Entry).ToDictionary(e => e.Name, e => e.Items, StringComparer.Ordinal);

    /// <summary>One line "name: a | b | c"; bars inside brackets do not divide.</summary>
    public static (string Name, string[] Items) Entry(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return (line[..colon].Trim('{', '}', ' '), [.. Phrases.Alternatives(line.AsSpan(colon + 1)).Select(i => i.Trim())]);
    }
}
