using System.Text.Json;
using Attune.Models.Generation;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Models.Generation;

/// <summary>The logits filters among the operations' goldens.</summary>
[Trait("Category", "Goldens")]
public class FilterGoldenTests
{
    private const string File = "operations/manifest.json";

    private delegate void Filter(Span<float> logits, int[] ids, JsonElement attributes, SamplingWorkspace workspace);

    private static readonly Dictionary<string, Filter> Filters = new(StringComparer.Ordinal)
    {
        ["temperature"] = (x, _, o, _) => LogitFilters.Temperature(x, Number(o, "temperature")),
        ["top_k"] = (x, _, o, w) => LogitFilters.TopK(x, (int)Number(o, "top_k"), w),
        ["top_p"] = (x, _, o, w) => LogitFilters.TopP(x, Number(o, "top_p"), w, (int)Number(o, "min_tokens_to_keep", 1)),
        ["min_p"] = (x, _, o, _) => LogitFilters.MinP(x, Number(o, "min_p")),
        ["typical_p"] = (x, _, o, w) => LogitFilters.TypicalP(x, Number(o, "mass"), w),
        ["epsilon"] = (x, _, o, _) => LogitFilters.Epsilon(x, Number(o, "epsilon")),
        ["eta"] = (x, _, o, _) => LogitFilters.Eta(x, Number(o, "epsilon")),
        ["top_n_sigma"] = (x, _, o, _) => LogitFilters.TopNSigma(x, Number(o, "n")),
        ["mirostat_2"] = (x, _, o, _) => Mirostat.Truncate(x, Number(o, "mu")),
        ["repetition_penalty"] = (x, ids, o, w) => RepetitionFilters.RepetitionPenalty(x, ids, Number(o, "penalty"), w),
        ["frequency_presence_penalty"] = (x, ids, o, w) => RepetitionFilters.Penalties(x, ids, Number(o, "frequency"), Number(o, "presence"), w),
        ["no_repeat_ngram"] = (x, ids, o, _) => RepetitionFilters.NoRepeatNgram(x, ids, (int)Number(o, "size")),
    };

    private static string NameOf(JsonElement c) => $"{c.GetProperty("operation").GetString()}/{c.GetProperty("case").GetString()}";

    public static TheoryData<string> All()
    {
        var data = new TheoryData<string>();
        foreach (var c in Cases(File, "cases").Where(c => Filters.ContainsKey(c.GetProperty("operation").GetString()!)))
            data.Add(NameOf(c));
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    public static TheoryData<string> Counts()
    {
        var data = new TheoryData<string>();
        foreach (var c in Cases(File, "cases").Where(c => c.GetProperty("operation").GetString() == "mirostat_1"))
            data.Add(NameOf(c));
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Counts))]
    public void Mirostat_GoldenLogits_EstimatesTheReferencesCount(string name)
    {
        var golden = Case(File, "cases", name, NameOf);
        var tensors = new GoldenTensors(TestFolders.Fixture($"operations/{golden.GetProperty("file").GetString()}"));
        var prefix = golden.GetProperty("case").GetString() + ".";
        var (logits, attributes) = (tensors.Floats(prefix + "x0"), golden.GetProperty("attributes"));
        var columns = tensors.Shape(prefix + "x0")[1];
        for (var row = 0; row < tensors.Shape(prefix + "x0")[0]; row++)
        {
            var (k, exponent) = Mirostat.Count(logits.AsSpan(row * columns, columns), Number(attributes, "mu"), (int)Number(attributes, "m"), new SamplingWorkspace());
            Near([tensors.Floats(prefix + "y64")[row], tensors.Floats(prefix + "y641")[row]], [k, exponent], 1e-5, 1e-5, name);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Filter_GoldenLogits_KeepsWhatTheReferenceKeeps(string name)
    {
        var golden = Case(File, "cases", name, NameOf);
        var operation = golden.GetProperty("operation").GetString()!;
        var tensors = new GoldenTensors(TestFolders.Fixture($"operations/{golden.GetProperty("file").GetString()}"));
        var prefix = golden.GetProperty("case").GetString() + ".";
        var shape = tensors.Shape(prefix + "x0");
        var (logits, expected) = (tensors.Floats(prefix + "x0"), tensors.Floats(prefix + "y64"));
        var ids = tensors.Has(prefix + "w.ids") ? tensors.Ints(prefix + "w.ids").Chunk(tensors.Shape(prefix + "w.ids")[1]).ToArray() : [];
        var workspace = new SamplingWorkspace();
        for (var row = 0; row < shape[0]; row++)
        {
            var x = logits.AsSpan(row * shape[1], shape[1]);
            // Which of equal logits stay at top-p's edge is open; how many is not.
            var tied = operation == "top_p" && x.ToArray().Where(float.IsFinite).Distinct().Count() < x.ToArray().Count(float.IsFinite);
            Filters[operation](x, ids.Length > 0 ? ids[row] : [], golden.GetProperty("attributes"), workspace);
            Same(expected.AsSpan(row * shape[1], shape[1]).ToArray(), x.ToArray(), tied);
        }
    }

    private static void Same(float[] expected, float[] actual, bool sorted)
    {
        if (sorted)
            (expected, actual) = ([.. expected.Order()], [.. actual.Order()]);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(expected[i] == actual[i] || MathF.Abs(actual[i] - expected[i]) <= 1e-5f + 1e-5f * MathF.Abs(expected[i]), $"token {i}: {actual[i]} for {expected[i]}");
    }
}
