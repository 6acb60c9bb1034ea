using System.Globalization;

namespace Attune.Data;

/// <summary>Lists of names in messages.</summary>
internal static class TextList
{
    private const int Shown = 20;

    /// <summary>'a', 'b' and so on; of a long list the first twenty and how many more there are.</summary>
    public static string Quote(IEnumerable<string> names)
    {
        var all = names.ToList();
        var text = string.Join(", ", all.Take(Shown).Select(n => $"'{n}'"));
        return all.Count <= Shown ? text : string.Create(CultureInfo.InvariantCulture, $"{text} and {all.Count - Shown} more");
    }
}
