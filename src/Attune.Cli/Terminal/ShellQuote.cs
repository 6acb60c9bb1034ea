namespace Attune.Cli.Terminal;

/// <summary>Arguments as a shell reads them back.</summary>
internal static class ShellQuote
{
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:,=+@%".Contains(c, StringComparison.Ordinal)) ? text
        : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
