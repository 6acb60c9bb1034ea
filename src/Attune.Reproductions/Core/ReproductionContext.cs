using System.Collections;
using System.Globalization;
using System.Reflection;
using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>What a run gets, and where it says what it found.</summary>
public sealed class ReproductionContext
{
    private readonly ReproductionCard card;
    private readonly RunRequest request;
    private readonly Dictionary<string, Finding> findings = new(StringComparer.Ordinal);
    private readonly List<object> exhibits = [];
    private readonly List<CheckResult> checks = [];
    private readonly List<(string, string)> settings = [];
    private readonly Lock telling = new();

    internal ReproductionContext(ReproductionCard card, RunRequest request, CancellationToken cancel) =>
        (this.card, this.request, Cancel) = (card, request, cancel);

    public RunScale Scale => request.Scale;

    /// <summary>Number of seeds; they are 0 … Seeds − 1 here, whatever the first one is.</summary>
    public int Seeds => request.SeedsOf(card);

    public CancellationToken Cancel { get; }

    internal IReadOnlyList<object> Exhibits => exhibits;

    internal IReadOnlyList<CheckResult> Checks => checks;

    internal IReadOnlyList<(string Name, string Value)> Recorded => settings;

    /// <summary>The value for the scale of this run.</summary>
    public T At<T>(T smoke, T small, T full) => Scale switch
    {
        RunScale.Smoke => smoke,
        RunScale.Small => small,
        _ => full,
    };

    /// <summary>An independent stream of random numbers for one seed and purpose.</summary>
    public SeededRandom Random(int seed, string purpose) => new SeededRandom((ulong)(request.FirstSeed + seed)).Fork(purpose);

    /// <summary>Tells how far the run is, and ends it where it was cancelled; any thread may.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="what">What is done now.</param>
    public void Progress(double share, string what)
    {
        Cancel.ThrowIfCancellationRequested();
        lock (telling)
            request.OnProgress?.Invoke(Math.Clamp(share, 0, 1), what);
    }

    /// <summary>The path of a model or encoder. Where it is not there the run ends, and claims that are not decided yet are not testable here.</summary>
    public string Model(string name) => Find("model", name, request.ModelFolders, "ATTUNE_MODELS");

    /// <summary>The folder of a data set, with the same rule for a missing one as <see cref="Model"/>.</summary>
    public string Data(string name) => Find("data", name, request.DataFolders, "ATTUNE_DATA, or --data,");

    /// <summary>Records a size that the run used (steps, widths, rows); part of the result and of its hash.</summary>
    public void Setting(string name, object value) => settings.Add((name, Invariant(value)));

    /// <summary>Records every public property of a plan that has a value, as "prefix.Property"; lists are written out, and records in it are recorded in the same way.</summary>
    public void Settings(string prefix, object plan)
    {
        foreach (var property in plan.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            var value = property.GetValue(plan);
            if (value is not (null or IConvertible or IEnumerable) && property.PropertyType.Assembly == typeof(ReproductionContext).Assembly)
                Settings($"{prefix}.{property.Name}", value);
            else
                Setting($"{prefix}.{property.Name}", value is IEnumerable list and not string ? string.Join(", ", list.Cast<object?>().Select(Invariant)) : Invariant(value));
        }
    }

    /// <summary>Says whether a claim is held. At smoke scale this is reported as "ran", never as held; with too few seeds for one that compares, as not testable.</summary>
    /// <param name="claim">The claim's key.</param>
    /// <param name="because">What the values say.</param>
    public void Decide(string claim, bool held, string because, params Measured[] values)
    {
        if (Scale == RunScale.Smoke)
            Conclude(claim, Verdict.Ran, because, values);
        else if (Seeds < Measured.FewestSeeds && !Find(claim).IsComputed)
            NotTestable(claim, string.Create(CultureInfo.InvariantCulture, $"{because}; {Seeds} of the {Measured.FewestSeeds} seeds that a comparison needs"), values);
        else
            Conclude(claim, held ? Verdict.Held : Verdict.NotHeld, because, values);
    }

    /// <summary>Says that a claim cannot be tested in this run, and why.</summary>
    public void NotTestable(string claim, string because, params Measured[] values) => Conclude(claim, Verdict.NotTestable, because, values);

    public void Add(ResultTable table) => exhibits.Add(table);

    public void Add(Figure figure) => exhibits.Add(figure);

    public void Add(HeatMap map) => exhibits.Add(map);

    /// <summary>Something that must hold at any scale: where the error is above the bound, or not a number, the run fails.</summary>
    public void Check(string name, double error, double bound) => checks.Add(new CheckResult(name, error, bound));

    internal bool IsDecided(Claim claim) => findings.ContainsKey(claim.Key);

    internal IReadOnlyList<Finding> Findings() => [.. card.Claims.Select(c => findings[c.Key])];

    private void Conclude(string key, Verdict verdict, string because, Measured[] values)
    {
        if (!findings.TryAdd(key, new Finding(Find(key), verdict, because, values)))
            throw new InvalidOperationException($"{card.Id} concluded the claim '{key}' twice");
    }

    private Claim Find(string key) => card.Claims.FirstOrDefault(c => c.Key == key) ?? throw new InvalidOperationException($"{card.Id} has no claim '{key}'");

    private static string Invariant(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Find(string kind, string name, IReadOnlyList<string> folders, string variable)
    {
        foreach (var candidate in folders.Select(f => Path.Combine(f, name)))
        {
            if (Directory.Exists(candidate) || File.Exists(candidate))
                return Path.GetFullPath(candidate);
        }
        var where = folders.Count == 0 ? "no folder was named" : $"it is not under {string.Join(", ", folders)}";
        throw new MissingNeedException($"the {kind} '{name}' is not on this machine ({where}); set {variable} to the folder that holds it");
    }
}
