using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>Which files of a repository a pull takes.</summary>
internal static class HubSelection
{
    private static readonly string[] Plain = [".json", ".txt", ".model", ".jinja", ".tiktoken"];

    /// <summary>The files that match the patterns; without patterns those that a model, an encoder or an adapter needs.</summary>
    /// <exception cref="AttuneException">Nothing fits, or a choice must be made.</exception>
    public static IReadOnlyList<HubFile> Of(IReadOnlyList<HubFile> files, IReadOnlyList<string>? patterns, HubReference reference)
    {
        if (patterns is not null)
            return ByPatterns(files, patterns, reference);
        var weights = files.Where(f => f.Path.EndsWith(".safetensors", StringComparison.Ordinal) && !f.Path.Contains('/', StringComparison.Ordinal)).ToList();
        if (weights.Count > 0)
            return [.. files.Where(f => IsPlain(f.Path)), .. Weights(weights)];
        var gguf = files.Where(f => f.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)).ToList();
        return gguf.Count switch
        {
            1 => gguf,
            0 => throw new AttuneException($"{reference} holds neither safetensors nor GGUF ({Names(files)}); choose a repository with one of them, or name files with --file PATTERN"),
            _ => throw new AttuneException($"{reference} holds {gguf.Count} GGUF files ({Names(gguf)}); name one with --file, for instance --file '*Q4_K_M.gguf'"),
        };
    }

    /// <summary>Whether a name matches; * stands for any characters but '/', ** for any, ? for one. Without '/' the last part of the name decides.</summary>
    public static bool Matches(string pattern, string name)
    {
        var text = pattern.Contains('/', StringComparison.Ordinal) ? name : name[(name.LastIndexOf('/') + 1)..];
        return Matches(pattern.AsSpan(), text.AsSpan());
    }

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // The last * and the last ** seen, with how far each is stretched: no pattern takes exponential time.
        var (p, t) = (0, 0);
        (int After, int From) one = (-1, 0), any = (-1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                var isAny = pattern[p..].StartsWith("**");
                while (p < pattern.Length && pattern[p] == '*')
                    p++;
                (one, any) = isAny ? ((-1, 0), (p, t)) : ((p, t), any);
            }
            else if (p < pattern.Length && (pattern[p] == text[t] || pattern[p] == '?' && text[t] != '/'))
            {
                (p, t) = (p + 1, t + 1);
            }
            else if (one.After >= 0 && text[one.From] != '/')
            {
                one = (one.After, one.From + 1);
                (p, t) = one;
            }
            else if (any.After >= 0)
            {
                any = (any.After, any.From + 1);
                one = (-1, 0);
                (p, t) = any;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].Trim('*').IsEmpty;
    }

    private static IReadOnlyList<HubFile> ByPatterns(IReadOnlyList<HubFile> files, IReadOnlyList<string> patterns, HubReference reference)
    {
        foreach (var pattern in patterns)
        {
            if (!files.Any(f => Matches(pattern, f.Path)))
                throw new AttuneException($"{reference} has no file that matches '{pattern}'; it has {Names(files)}");
        }
        return [.. files.Where(f => patterns.Any(p => Matches(p, f.Path)))];
    }

    /// <summary>Settings, vocabularies and templates beside the weights, and the pooling of a sentence encoder.</summary>
    private static bool IsPlain(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
            return path.EndsWith("_Pooling/config.json", StringComparison.Ordinal) || path.EndsWith("_Normalize/config.json", StringComparison.Ordinal);
        return Plain.Contains(System.IO.Path.GetExtension(path)) && !path.EndsWith(".bin.index.json", StringComparison.Ordinal);
    }

    /// <summary>Some repositories hold the same weights twice, whole and in the names of the maker's own programs.</summary>
    private static IEnumerable<HubFile> Weights(List<HubFile> weights)
    {
        var layout = weights.Where(f => f.Path.StartsWith("model", StringComparison.Ordinal) || f.Path.StartsWith("adapter_model", StringComparison.Ordinal)).ToList();
        return layout.Count > 0 ? layout : weights;
    }

    private static string Names(IReadOnlyList<HubFile> files)
    {
        const int shown = 12;
        var text = string.Join(", ", files.Take(shown).Select(f => Shown.Quoted(f.Path)));
        return files.Count switch { 0 => "it is empty", <= shown => text, _ => FormattableString.Invariant($"{text} and {files.Count - shown} more") };
    }
}
