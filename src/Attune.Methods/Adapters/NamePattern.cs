using System.Text.RegularExpressions;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Regular expressions of an adapter's configuration over module names, in time linear in the name: a hostile one cannot hang.</summary>
internal static class NamePattern
{
    /// <summary>Whether the expression matches the whole name.</summary>
    public static bool Matches(string expression, string name) => Of("^(?:" + expression + ")$", expression).IsMatch(name);

    /// <summary>The value under the first expression that matches the end of the name, after a dot or from its start; null: none does.</summary>
    public static T? First<T>(IEnumerable<KeyValuePair<string, T>> patterns, string name)
        where T : class
    {
        foreach (var (expression, value) in patterns)
            if (Of(@"^(.*\.)?(" + expression + ")$", expression).IsMatch(name))
                return value;
        return null;
    }

    /// <summary>The number of the layer that the name says, as PEFT finds it; null: none.</summary>
    /// <param name="folders">Names of what layers stand in ("layers"); empty: any.</param>
    public static int? Layer(string name, IReadOnlyList<string> folders)
    {
        foreach (var folder in folders.Count == 0 ? [@"[^.]*"] : folders)
            if (Of(@"^.*\." + folder + @"\.(?<layer>\d+)\.", folder).Match(name) is { Success: true } match
                && int.TryParse(match.Groups["layer"].ValueSpan, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var layer))
                return layer;
        return null;
    }

    private static Regex Of(string expression, string shown)
    {
        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new AttuneException($"the adapter's pattern '{shown}' over module names is not understood ({e.Message}); write the names as a list", AttuneErrorKind.Request, e);
        }
    }
}
