using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>All that was measured, for machines: every time, not only medians.</summary>
internal static class BenchJson
{
    public static JsonObject Of(BenchSubject subject, MachineLimits limits, IReadOnlyList<WorkResult> results)
    {
        var json = subject.ToJson();
        json["limits"] = new JsonObject { ["float32"] = Limit(limits.Float32), ["bfloat16"] = Limit(limits.BFloat16), ["int8"] = Limit(limits.Int8), ["memory"] = Limit(limits.Memory) };
        json["works"] = new JsonArray([.. results.Select(r => (JsonNode)Work(r, limits))]);
        return json;
    }

    public static JsonObject Of(BenchSubject subject, PeerComparison comparison)
    {
        var json = subject.ToJson();
        json["peer"] = comparison.Peer;
        json["peer_version"] = comparison.Version;
        json["works"] = new JsonArray([.. comparison.Works.Select(w => (JsonNode)Pairs(w))]);
        return json;
    }

    private static JsonObject Limit(MachineLimit limit) => new() { ["with"] = limit.Instruction, ["one_thread"] = limit.OneThread, ["all_threads"] = limit.AllThreads };

    private static JsonObject Work(WorkResult result, MachineLimits limits)
    {
        var json = new JsonObject { ["name"] = result.Name, ["title"] = result.Title };
        if (result.Missing is { } why)
        {
            json["missing"] = why;
            return json;
        }
        var (least, limit) = result.Amount.Least(limits);
        json["unit"] = result.Unit;
        json["units"] = result.Units;
        json["seconds"] = Numbers(result.Seconds);
        json["per_second"] = JsonText.Number(result.Rate);
        json["limit"] = limit;
        json["counted"] = result.Counted;
        json["share_of_limit"] = JsonText.Number(least / result.MedianSeconds);
        json["profiled_seconds"] = JsonText.Number(result.ProfiledSeconds);
        json["operations"] = new JsonArray([.. OperationShare.Of(result, limits).Select(o => (JsonNode)Operation(o))]);
        return json;
    }

    private static JsonObject Operation(OperationShare share) => new()
    {
        ["name"] = share.Name, ["numbers"] = share.Numbers, ["calls"] = share.Calls, ["seconds"] = JsonText.Number(share.Seconds), ["share_of_time"] = JsonText.Number(share.ShareOfTime),
        ["operations"] = share.Operations, ["bytes"] = share.Bytes, ["limit"] = share.Limit, ["share_of_limit"] = JsonText.Number(share.ShareOfLimit),
    };

    private static JsonObject Pairs(PairedWork work) => new()
    {
        ["name"] = work.Name, ["title"] = work.Title, ["unit"] = work.Unit, ["units"] = work.Units, ["missing"] = work.Missing,
        ["seconds"] = Numbers(work.Ours), ["peer_seconds"] = Numbers(work.Theirs),
        ["ratio"] = JsonText.Number(work.Ratio), ["least_ratio"] = JsonText.Number(work.LeastRatio), ["largest_ratio"] = JsonText.Number(work.LargestRatio),
    };

    private static JsonArray Numbers(IReadOnlyList<double> values) => [.. values.Select(v => JsonText.Number(v))];
}
