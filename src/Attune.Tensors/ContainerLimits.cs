using System.Globalization;

namespace Attune.Tensors;

/// <summary>
/// What the control groups of Linux (v1 and v2) allow this process: bytes of memory and processors' worth of time. A limit of a group above counts too.
/// </summary>
/// <param name="MemoryBytes">Bytes after which the system ends the process; null: no limit.</param>
/// <param name="Processors">Quota divided by period, for instance 1.5; null: no limit.</param>
public sealed record ContainerLimits(long? MemoryBytes, double? Processors)
{
    private const string Groups = "sys/fs/cgroup";

    /// <summary>Larger figures mean "no limit" in version 1, which writes the largest number of whole pages.</summary>
    private const long NoLimit = 1L << 60;

    private static readonly Lazy<ContainerLimits> OfProcess = new(() => Read("/"));

    /// <summary>The limits of this process, read once; none on other systems.</summary>
    public static ContainerLimits Current => OfProcess.Value;

    /// <summary>Reads the files below <paramref name="root"/>, which tests put in place of "/". What cannot be read is no limit.</summary>
    internal static ContainerLimits Read(string root)
    {
        var (memory, processors) = (default(long?), default(double?));
        foreach (var (controllers, path) in Memberships(root))
        {
            var unified = controllers.Length == 0;
            foreach (var folder in Upwards(root, unified ? [""] : controllers, path))
            {
                memory = Least(memory, Bytes(folder, unified ? "memory.max" : "memory.limit_in_bytes"));
                processors = Least(processors, unified ? Quota(folder) : QuotaOfVersion1(folder));
            }
        }
        return new ContainerLimits(memory, processors);
    }

    /// <summary>Lines of /proc/self/cgroup: "0::/path" (v2) or "4:cpu,cpuacct:/path" (v1).</summary>
    private static IEnumerable<(string[] Controllers, string Path)> Memberships(string root)
    {
        foreach (var line in Text(Path.Combine(root, "proc/self/cgroup")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.Split(':', 3) is [_, var names, var path])
                yield return (names.Length == 0 ? [] : [names, .. names.Split(',')], path.TrimEnd('\r'));
    }

    /// <summary>The folders of a group and of all above it. In a container the path may be the host's: what is not there is skipped.</summary>
    private static IEnumerable<string> Upwards(string root, string[] controllers, string path)
    {
        foreach (var controller in controllers)
            for (var at = path.Trim('/'); ; at = at.LastIndexOf('/') is var slash and >= 0 ? at[..slash] : "")
            {
                if (!at.Split('/').Contains(".."))
                    yield return Path.Combine(root, Groups, controller, at);
                if (at.Length == 0)
                    break;
            }
    }

    private static long? Bytes(string folder, string file) =>
        long.TryParse(Text(Path.Combine(folder, file)), CultureInfo.InvariantCulture, out var bytes) && bytes is >= 0 and < NoLimit ? bytes : null;

    /// <summary>cpu.max: "quota period", or "max period".</summary>
    private static double? Quota(string folder) =>
        Text(Path.Combine(folder, "cpu.max")).Split(' ') is [var quota, var period] ? Share(quota, period) : null;

    private static double? QuotaOfVersion1(string folder) =>
        Share(Text(Path.Combine(folder, "cpu.cfs_quota_us")), Text(Path.Combine(folder, "cpu.cfs_period_us")));

    private static double? Share(string quota, string period) =>
        long.TryParse(quota, CultureInfo.InvariantCulture, out var q) && long.TryParse(period, CultureInfo.InvariantCulture, out var p) && q > 0 && p > 0 ? (double)q / p : null;

    private static T? Least<T>(T? a, T? b)
        where T : struct, IComparable<T> => a is not { } x ? b : b is not { } y ? a : x.CompareTo(y) <= 0 ? x : y;

    private static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
