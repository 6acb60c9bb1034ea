using System.Globalization;
using Attune.Cli.Terminal;
using Attune.Tensors;
using Spectre.Console;

namespace Attune.Cli.Bench;

/// <summary>What was measured, for a person.</summary>
internal static class BenchText
{
    /// <summary>Operations below this share of the time are shown with -v only.</summary>
    private const double LeastShare = 0.005;

    public static void Limits(IAnsiConsole console, MachineLimits limits)
    {
        var many = limits.Threads > 1;
        var table = NewTable("limit of the machine").AddColumn(Right("one thread"));
        if (many)
            table.AddColumn(Right(string.Create(CultureInfo.InvariantCulture, $"{limits.Threads} threads")));
        table.AddColumn("measured with");
        Add("float32", limits.Float32, "GFLOP/s");
        Add("bfloat16", limits.BFloat16, "GFLOP/s");
        Add("int8", limits.Int8, "GOP/s");
        Add("memory", limits.Memory, "GB/s");
        console.Write(table);

        void Add(string name, MachineLimit limit, string unit)
        {
            string[] rates = many ? [Giga(limit.OneThread, unit), Giga(limit.AllThreads, unit)] : [Giga(limit.OneThread, unit)];
            table.AddRow([name, .. rates, limit.Instruction]);
        }
    }

    public static void Works(IAnsiConsole console, IReadOnlyList<WorkResult> results, MachineLimits limits)
    {
        var table = NewTable("work").AddColumn(Right("rate")).AddColumn(Right("a run")).AddColumn(Right("runs")).AddColumn("bound by").AddColumn(Right("share of limit"));
        foreach (var r in results.Where(r => r.Missing is null))
        {
            var (least, limit) = r.Amount.Least(limits);
            table.AddRow(Visible.Markup(r.Title), Rate(r.Rate, r.Unit), Time(r.MedianSeconds), Whole(r.Seconds.Count), limit, Percent(least / r.MedianSeconds));
        }
        if (table.Rows.Count > 0)
            console.Write(table);
        foreach (var r in results)
            if (r.Missing is { } why)
                console.MarkupLine($"[bold]{Visible.Markup(r.Title)}[/]: not run: {Visible.Markup(why)}");
    }

    /// <summary>What each share of limit counts.</summary>
    public static void Counted(IAnsiConsole console, IReadOnlyList<WorkResult> results)
    {
        console.MarkupLine("[dim]Share of limit: the least time that the machine's limit allows, over the time taken. Counted for it:[/]");
        foreach (var r in results.Where(r => r.Missing is null))
            console.MarkupLine($"[dim]  {Visible.Markup(r.Title)}: {Visible.Markup(r.Counted)}[/]");
    }

    /// <summary>Where the time of one run went.</summary>
    public static void Roofline(IAnsiConsole console, WorkResult result, MachineLimits limits, bool all)
    {
        console.MarkupLine($"[bold]{Visible.Markup(result.Title)}[/]: one run of {Time(result.ProfiledSeconds)}");
        var table = NewTable("operation").AddColumn(Right("calls")).AddColumn(Right("time")).AddColumn(Right("share of time")).AddColumn(Right("rate")).AddColumn("bound by").AddColumn(Right("share of limit"));
        var rows = OperationShare.Of(result, limits);
        var small = all ? [] : rows.Where(o => o.ShareOfTime < LeastShare).ToList();
        foreach (var o in rows.Except(small))
        {
            var name = o.Numbers is "" or "float32" ? o.Name : $"{o.Name} ({o.Numbers})";
            table.AddRow(name, o.Calls > 0 ? Whole(o.Calls) : "", Time(o.Seconds), Percent(o.ShareOfTime), Rate(o), o.Limit, double.IsNaN(o.ShareOfLimit) ? "" : Percent(o.ShareOfLimit));
        }
        if (small.Count > 0)
            table.AddRow(string.Create(CultureInfo.InvariantCulture, $"{small.Count} smaller (-v shows them)"), Whole(small.Sum(o => o.Calls)), Time(small.Sum(o => o.Seconds)), Percent(small.Sum(o => o.ShareOfTime)), "", "", "");
        console.Write(table);
    }

    public static void Against(IAnsiConsole console, PeerComparison comparison)
    {
        console.MarkupLine($"Beside {Visible.Markup(comparison.Version)}, in turns:");
        var table = NewTable("work").AddColumn(Right("Attune")).AddColumn(Right(comparison.Peer)).AddColumn(Right("ratio")).AddColumn(Right("least to largest")).AddColumn(Right("pairs"));
        foreach (var w in comparison.Works)
            if (w.Missing is null)
                table.AddRow(Visible.Markup(w.Title), Rate(w.OurRate, w.Unit), Rate(w.TheirRate, w.Unit), Ratio(w.Ratio), $"{Ratio(w.LeastRatio)} to {Ratio(w.LargestRatio)}", Whole(w.Ours.Count));
        if (table.Rows.Count > 0)
            console.Write(table);
        foreach (var w in comparison.Works)
            if (w.Missing is { } why)
                console.MarkupLine($"[bold]{Visible.Markup(w.Title)}[/]: the peer is missing: {Visible.Markup(why)}");
    }

    private static Table NewTable(string first) => new Table().Border(TableBorder.Simple).AddColumn(first);

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string Rate(OperationShare o) => o.Limit switch
    {
        "" => "",
        "memory" => Giga(o.Bytes / o.Seconds, "GB/s"),
        "int8" => Giga(o.Operations / o.Seconds, "GOP/s"),
        _ => Giga(o.Operations / o.Seconds, "GFLOP/s"),
    };

    private static string Rate(double rate, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Digits(rate)} {(unit == "tokens" ? "tok" : unit)}/s");

    private static string Giga(double perSecond, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Digits(perSecond / 1e9)} {unit}");

    private static string Digits(double value) => value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Time(double seconds) => seconds switch
    {
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        >= 0.0001 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs"),
    };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0}%");

    private static string Ratio(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}×");

    private static string Whole(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
