using Attune.Cli.Terminal;
using Attune.Models;

namespace Attune.Cli.Settings;

/// <summary>What a container's memory limit means for the work: said, never acted upon silently.</summary>
internal static class MemoryAdvice
{
    /// <summary>The runtime, the tokenizer and the activations of a pass, roughly.</summary>
    private const long Rest = 256L << 20;

    /// <summary>A warning where the system might end the process for its memory; null where it has room or no limit is known.</summary>
    /// <param name="limit">--limit-memory.</param>
    /// <param name="container">What the container allows.</param>
    /// <param name="weights">Bytes of the model's files.</param>
    public static string? For(long? limit, long? container, long weights)
    {
        if (container is not { } allowed)
            return null;
        var advised = FormattableString.Invariant($"--limit-memory {Math.Max(1, allowed / 10 * 8 >> 20)}M");
        if (limit is { } given)
            return given <= allowed ? null
                : $"--limit-memory {Amounts.Bytes(given)} is more than the {Amounts.Bytes(allowed)} that this container allows, beyond which the system ends the process; give {advised}";
        var need = weights + LanguageModel.DefaultCacheBytes + Rest;
        return need <= allowed ? null
            : $"this container allows {Amounts.Bytes(allowed)} of memory and the work may come to {Amounts.Bytes(need)}; give {advised}, so that the cache shrinks before the system ends the process";
    }

    /// <summary>Bytes of a model's file, or of the files in its folder; 0 where there is none.</summary>
    public static long BytesOf(string path) => File.Exists(path) ? new FileInfo(path).Length
        : Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*.safetensors").Sum(f => f.Length) : 0;
}
