using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Every operation of fixtures/operations that the engine has: forward and gradients, with the tolerances of its README.</summary>
public class OperationGoldenTests
{
    /// <summary>Operations of the goldens that stand elsewhere in the library, with the tests that hold them.</summary>
    private static readonly Dictionary<string, string> Elsewhere = Reasons(
        (nameof(AttentionGoldenTests), "scaled_dot_product_attention"),
        (nameof(RopeFrequencies_UnderScaling_EqualReference), "rope_scaling"),
        ("FilterGoldenTests", "temperature top_k top_p min_p typical_p epsilon eta repetition_penalty no_repeat_ngram frequency_presence_penalty top_n_sigma mirostat_1 mirostat_2"));

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var folder in TestFolders.AllFixtures("operations"))
                foreach (var (operation, name) in OperationGolden.Names(folder).Where(c => !Elsewhere.ContainsKey(c.Operation)))
                    data.Add(folder, operation, name);
            if (data.Count == 0)
                data.Add("", "", "");
            return data;
        }
    }

    public static TheoryData<string, string> ScalingCases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var folder in TestFolders.AllFixtures("operations"))
                foreach (var (_, name) in OperationGolden.Names(folder).Where(c => c.Operation == "rope_scaling"))
                    data.Add(folder, name);
            if (data.Count == 0)
                data.Add("", "");
            return data;
        }
    }

    [SkippableTheory, Trait("Category", "Goldens"), MemberData(nameof(Cases))]
    public void Operation_OnGolden_EqualsReference(string folder, string operation, string name)
    {
        Skip.If(folder.Length == 0, "fixtures/operations is not there");
        Skip.IfNot(OperationTable.Offered.ContainsKey(operation), $"the engine has no operation {operation}");
        var tested = OperationTable.Offered[operation];
        var golden = OperationGolden.Read(folder, operation, name);
        Compare(tested, tested.Arrange(golden));
    }

    [SkippableTheory, Trait("Category", "Goldens"), MemberData(nameof(ScalingCases))]
    public void RopeFrequencies_UnderScaling_EqualReference(string folder, string name)
    {
        Skip.If(folder.Length == 0, "fixtures/operations is not there");
        var golden = OperationGolden.Read(folder, "rope_scaling", name);
        var settings = Settings(golden);
        var theta = RopeFrequencies.Compute(settings);
        var expected = golden["y64"].Values;
        Assert.Equal(expected.Length, theta.Length);
        for (var i = 0; i < theta.Length; i++)
            Assert.True(Math.Abs(theta[i] - expected[i]) <= 1e-5 * Math.Abs(expected[i]), $"frequency {i} is {theta[i]}, expected {expected[i]}");
        Assert.Equal(golden.Number("cos_sin_factor", 1), RopeFrequencies.AttentionFactor(settings), 1e-9);
    }

    private static RopeSettings Settings(OperationGolden c) => new()
    {
        Base = c.Number("theta", 0),
        RotaryDims = (int)c.Number("head_dim", 0),
        Scaling = Enum.Parse<RopeScaling>(c.Text("rope_type", ""), ignoreCase: true),
        Factor = c.Number("factor", 1),
        LowFreqFactor = c.Number("low_freq_factor", 1),
        HighFreqFactor = c.Number("high_freq_factor", 4),
        OriginalContext = (int)c.Number("original_max_position_embeddings", c.Number("max_positions", 0)),
        BetaFast = c.Number("beta_fast", 32),
        BetaSlow = c.Number("beta_slow", 1),
        AttentionFactor = c.Attributes.TryGetProperty("attention_factor", out var f) ? f.GetDouble() : null,
        DynamicLength = (int)c.Number("length", 0),
    };

    private static void Compare(TestedOperation tested, OperationGolden golden)
    {
        using var graph = new Graph(recording: true);
        var parameters = golden.Inputs.Select(x => TestTensors.Parameter(x.Values, x.Rows, x.Columns)).ToArray();
        var y = tested.Apply(graph, parameters.Select(graph.Use).ToArray(), golden);
        AssertClose("y", golden.Tensors.GetValueOrDefault("y64") ?? golden["y"], y.Span, tested, golden, 1);
        AssertOthers(tested, golden);
        if (golden.Tensors.TryGetValue("gy", out var gy))
        {
            gy.Values.CopyTo(graph.Gradient(y).Span);
            graph.RunBackward();
            for (var i = 0; i < parameters.Length; i++)
                if (golden.Tensors.TryGetValue($"gx{i}", out var gx))
                    AssertClose($"gx{i}", gx, parameters[i].Gradient.Span, tested, golden, 10);
        }
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    private static void AssertOthers(TestedOperation tested, OperationGolden golden)
    {
        for (var i = 1; golden.Tensors.TryGetValue($"y{i}", out var expected); i++)
            if (!tested.Free.Contains(i))
                AssertClose($"y{i}", golden.Tensors.GetValueOrDefault($"y64{i}") ?? expected, golden.Others[i], tested, golden, 1);
    }

    private static void AssertClose(string what, GoldenTensor golden, ReadOnlySpan<float> actual, TestedOperation tested, OperationGolden c, double times)
    {
        var expected = golden.Values;
        Assert.Equal(expected.Length, actual.Length);
        var products = tested.Products(c);
        for (var i = 0; i < expected.Length; i++)
        {
            var e = expected[i];
            if (!float.IsFinite(e))
            {
                Assert.True(e.Equals(actual[i]), $"{what}[{i}] is {actual[i]}, expected {e}");
                continue;
            }
            var tolerance = tested.IsLoose ? 1e-4 : products > 0 ? 2e-5 * Math.Sqrt(products) : 1e-5 + 1e-5 * Math.Abs(e);
            tolerance = times * Math.Max(tolerance, 2 * c.Float32Error * (1 + Math.Abs(e)));
            Assert.True(Math.Abs((double)actual[i] - e) <= tolerance, $"{c.Operation}/{c.Case}: {what}[{i}] is {actual[i]}, expected {e} within {tolerance}");
        }
    }

    private static Dictionary<string, string> Reasons(params (string Why, string Names)[] groups) =>
        groups.SelectMany(g => g.Names.Split(' ').Select(n => (n, g.Why))).ToDictionary(p => p.n, p => p.Why);
}
