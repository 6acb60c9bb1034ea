using System.Reflection;
using System.Runtime.InteropServices;
using Attune.Tensors.Kernels;

namespace Attune.Evaluation.Comparison;

/// <summary>What a cell records of where it was computed.</summary>
public static class Machine
{
    private const string ModelName = "model name";

    public static string Kernels => KernelTier.Name;

    /// <summary>The processor's name where the system tells it, else its architecture.</summary>
    public static string Processor { get; } = FindProcessor();

    /// <summary>Attune's version, with the first eight digits of the commit where the build knows it.</summary>
    public static string Version { get; } = FindVersion();

    private static string FindProcessor()
    {
        const string information = "/proc/cpuinfo";
        try
        {
            if (File.Exists(information)
                && File.ReadLines(information).FirstOrDefault(l => l.StartsWith(ModelName, StringComparison.Ordinal)) is { } line
                && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                return line[(colon + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The name is a convenience; the architecture stands in for it.
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string FindVersion()
    {
        var assembly = typeof(Machine).Assembly;
        var full = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version!.ToString(3);
        var plus = full.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? full : full[..Math.Min(full.Length, plus + 9)];
    }
}
