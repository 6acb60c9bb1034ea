using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>A row of the roofline table: where a run's time went, and how near the machine's limit that was.</summary>
/// <param name="Limit">The limit that binds it: "float32", "bfloat16", "int8" or "memory"; empty for the rest, of which nothing is counted.</param>
/// <param name="ShareOfLimit">Least time over time; above 1 where the caches give more than memory could.</param>
internal sealed record OperationShare(string Name, string Numbers, long Calls, double Seconds, double ShareOfTime, double Operations, double Bytes, string Limit, double ShareOfLimit)
{
    /// <summary>Rows in descending order of time, and last what no operation was measured in.</summary>
    public static IReadOnlyList<OperationShare> Of(WorkResult result, MachineLimits limits)
    {
        var rows = result.Operations.Select(t => Of(t, result.ProfiledSeconds, limits)).OrderByDescending(r => r.Seconds).ToList();
        var rest = Math.Max(0, result.ProfiledSeconds - rows.Sum(r => r.Seconds));
        rows.Add(new OperationShare("between operations", "", 0, rest, rest / result.ProfiledSeconds, 0, 0, "", double.NaN));
        return rows;
    }

    private static OperationShare Of(OperationTotal total, double whole, MachineLimits limits)
    {
        var o = total.Operations;
        var (least, limit) = new WorkAmount(o.Float32, o.BFloat16, o.Int8, total.Bytes).Least(limits);
        var numbers = o.Total > 0 ? BenchNames.Of(total.Numbers) : "";
        return new OperationShare(BenchNames.Of(total.Kind), numbers, total.Calls, total.Seconds, total.Seconds / whole, o.Total, total.Bytes, limit, least / total.Seconds);
    }
}
