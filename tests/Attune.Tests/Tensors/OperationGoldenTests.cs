using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Every operation of fixtures/operations that the engine has: forward and gradients, with the tolerances of its README.</summary>
public class OperationGoldenTests
{
    private const string WholeOperation = "*";

    /// <summary>Operations of the goldens that are not this engine's, or are tested in a place of their own.</summary>
    private static readonly Dictionary<string, string> NotHere = Reasons(
        ("tested by the attention's own tests", "scaled_dot_product_attention"),
        ("tested below by its frequencies", "rope_scaling"),
        ("a sampler's filter, tested with generation", "temperature top_k top_p min_p typical_p epsilon eta repetition_penalty no_repeat_ngram frequency_presence_penalty top_n_sigma mirostat_1 mirostat_2"),
        ("no method or model of the engine needs it yet", "einsum leaky_relu elu softplus mish log_sigmoid erf hardswish exp sin cos abs clamp softsign expm1 log sqrt rsqrt reciprocal log1p div maximum minimum pow prelu group_norm batch_norm"),
        ("no method of the engine needs this loss yet", "kl_div bce_with_logits l1 huber smooth_l1 triplet hinge dpo"),
        ("no reduction but sums and means is offered", "amax amin prod var var_biased std norm_1 norm_2 norm_inf argmax argmin cumsum cumprod sort topk"),
        ("tensors are matrices; other shapes are not offered", "gather scatter_add index_add masked_fill where transpose permute reshape slice flip roll expand repeat repeat_interleave pad tril triu diagonal unfold split kron"),
        ("no architecture of the engine needs it yet", "alibi sinusoidal_positions conv1d conv2d conv_transpose2d max_pool2d avg_pool2d adaptive_avg_pool2d interpolate pixel_shuffle pixel_unshuffle lstm_cell gru_cell selective_scan gated_linear_attention"),
        ("linear algebra is not the tape's", "svd qr eigh cholesky solve solve_triangular inverse determinant log_determinant lstsq pseudo_inverse matrix_exp rfft fft irfft"));

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var folder in TestFolders.AllFixtures("operations"))
                foreach (var (operation, name) in OperationGolden.Names(folder).Select(c => OperationTable.Offered.ContainsKey(c.Operation) ? c : (c.Operation, WholeOperation)).Distinct())
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
        Skip.If(name == WholeOperation, NotHere.GetValueOrDefault(operation, "not in the table of operations"));
        var tested = OperationTable.Offered[operation];
        var golden = OperationGolden.Read(folder, operation, name);
        var reason = tested.Skip(golden);
        Skip.If(reason is not null, reason);
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
        var k = tested.Products(golden);
        AssertClose("y", golden["y64"].Values, y.Span, golden, k, 1);
        if (golden.Tensors.TryGetValue("gy", out var gy))
        {
            gy.Values.CopyTo(graph.Gradient(y).Span);
            graph.RunBackward();
            for (var i = 0; i < parameters.Length; i++)
                if (golden.Tensors.TryGetValue($"gx{i}", out var gx))
                    AssertClose($"gx{i}", gx.Values, parameters[i].Gradient.Span, golden, k, 10);
        }
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    private static void AssertClose(string what, float[] expected, ReadOnlySpan<float> actual, OperationGolden golden, int products, double times)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var e = expected[i];
            if (!float.IsFinite(e))
            {
                Assert.True(e.Equals(actual[i]), $"{what}[{i}] is {actual[i]}, expected {e}");
                continue;
            }
            var tolerance = products > 0 ? 2e-5 * Math.Sqrt(products) : 1e-5 + 1e-5 * Math.Abs(e);
            tolerance = times * Math.Max(tolerance, 2 * golden.Float32Error * (1 + Math.Abs(e)));
            Assert.True(Math.Abs((double)actual[i] - e) <= tolerance, $"{golden.Operation}/{golden.Case}: {what}[{i}] is {actual[i]}, expected {e} within {tolerance}");
        }
    }

    private static Dictionary<string, string> Reasons(params (string Why, string Names)[] groups) =>
        groups.SelectMany(g => g.Names.Split(' ').Select(n => (n, g.Why))).ToDictionary(p => p.n, p => p.Why);
}
