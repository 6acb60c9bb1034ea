using Attune.Tensors;
using Attune.Tensors.Optimizers;

namespace Attune.Tests.Tensors.Optimizers;

public class OptimizerTests
{
    private static float[] After(Optimizer optimizer, double rate, params float[] gradients)
    {
        using (optimizer)
        {
            var value = new float[] { 1 };
            optimizer.Add("x", 1, 1);
            return [.. gradients.Select(g =>
            {
                optimizer.Step(0, value, [g], rate);
                return value[0];
            })];
        }
    }

    private static void Near(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-6f));

    [Fact]
    public void Sgd_Plain_GoesAgainstTheGradient() => Near([0.8f, 0.9f], After(new Sgd(), 0.1, 2, -1));

    [Fact]
    public void Sgd_Momentum_KeepsTheDirection() =>
        // d = 2; d = 1 + 0.5·2 = 2.
        Near([0.8f, 0.6f], After(new Sgd(new SgdOptions { Momentum = 0.5 }), 0.1, 2, 1));

    [Fact]
    public void Sgd_Nesterov_LooksAhead() =>
        // 2 + 0.5·2 = 3; d = 1 + 1 = 2, 1 + 0.5·2 = 2.
        Near([0.7f, 0.5f], After(new Sgd(new SgdOptions { Momentum = 0.5, Nesterov = true }), 0.1, 2, 1));

    [Fact]
    public void Sgd_Maximize_GoesAlongTheGradient() => Near([1.2f], After(new Sgd(new SgdOptions { Maximize = true }), 0.1, 2));

    [Fact]
    public void Adam_FirstStep_IsTheRateUnlessTheGradientIsAsSmallAsEpsilon() =>
        // m̂ = g, √v̂ = |g|, so the step is η·g/(g + ε).
        Assert.All([100f, 1, 1e-3f, 1e-8f], g => Near([(float)(1 - 0.1 * g / (g + 1e-8))], After(new Adam(), 0.1, g)));

    [Fact]
    public void AdamW_ZeroGradient_ShrinksByRateTimesDecay() =>
        Near([0.95f, 0.9025f], After(new AdamW(new AdamOptions { WeightDecay = 0.5 }), 0.1, 0, 0));

    [Fact]
    public void Adam_ZeroGradient_DecayBecomesAGradient() =>
        Near([0.9f], After(new Adam(new AdamOptions { WeightDecay = 0.5 }), 0.1, 0));

    [Fact]
    public void Lion_Steps_AreTheRateInSizeAndZeroForZero()
    {
        // 0.1·5 is above 0; so is 0.9·d + 0.1·(−0.1) with d = 0.05; without a direction 0 stays 0.
        Near([0.9f, 0.8f], After(new Lion(), 0.1, 5, -0.1f));
        Near([1], After(new Lion(), 0.1, 0));
    }

    [Fact]
    public void RmsProp_FirstStep_IsRateOverTheRootOfTheNewShare() =>
        // v = 0.25·g², so g/√v = 2.
        Near([0.8f], After(new RmsProp(new RmsPropOptions { Alpha = 0.75 }), 0.1, 3));

    [Fact]
    public void Adagrad_EqualGradients_StepsFallAsOneOverRoot() =>
        Near([0.9f, (float)(0.9 - 0.1 / Math.Sqrt(2))], After(new Adagrad(), 0.1, 4, 4));

    [Fact]
    public void Adadelta_FirstStep_ComesFromEpsilonAlone() =>
        // Δ = √ε/√(0.1·4 + ε)·2 with ε = 0.1: √0.1/√0.5·2.
        Near([(float)(1 - 2 * Math.Sqrt(0.2))], After(new Adadelta(new AdadeltaOptions { Epsilon = 0.1 }), 1, 2));

    [Fact]
    public void Adamax_EqualGradients_StepsAreTheRate() =>
        // m̂ = g and u = |g|.
        Near([0.9f, 0.8f], After(new Adamax(), 0.1, 4, 4));

    [Fact]
    public void RAdam_FirstSteps_ArePlainMomentum() =>
        // ρ is at most 5 in the first five steps, and m̂ of equal gradients is the gradient.
        Near([0.6f, 0.2f], After(new RAdam(), 0.1, 4, 4));

    [Fact]
    public void NAdam_FirstStep_LooksAhead()
    {
        // μ₁ = 0.9·(1 − ½·0.96^0.004), m = 0.1g, √v̂ = g: (1 − μ₁)/(1 − μ₁) + μ₂·0.1/(1 − μ₁μ₂).
        double Momentum(int t) => 0.9 * (1 - 0.5 * Math.Pow(0.96, 0.004 * t));
        var expected = 1 - 0.1 * (1 + 0.1 * Momentum(2) / (1 - Momentum(1) * Momentum(2)));
        Near([(float)expected], After(new NAdam(), 0.1, 4));
    }

    [Fact]
    public void Rprop_SignsTurn_StepsGrowShrinkAndRest() =>
        // Sizes 0.1, 0.12, then 0.06 with rest, then 0.06.
        Near([0.9f, 0.78f, 0.78f, 0.84f], After(new Rprop(), 0.1, 3, 1, -5, -5));

    [Fact]
    public void Adafactor_FirstStep_MovesBySizeTimesRate() =>
        // v = g² in step 1, so u is 1 everywhere; the parameter's size is 1.
        Near([0.9f], After(new Adafactor(), 0.1, 4));

    [Fact]
    public void Muon_AnyMatrix_MovesAlongANearlyOrthogonalOne()
    {
        using var optimizer = new Muon(new MuonOptions { Momentum = 0, Iterations = 12, Coefficients = (1.5, -0.5, 0) });
        var value = new float[6];
        optimizer.Step(optimizer.Add("x", 2, 3), value, [3, 1, 2, -1, 4, 0.5f], 1);
        double Dot(int a, int b) => Enumerable.Range(0, 3).Sum(j => (double)value[a * 3 + j] * value[b * 3 + j]);
        Assert.Equal([1, 0, 1], new[] { Dot(0, 0), Dot(0, 1), Dot(1, 1) }, (e, v) => Math.Abs(e - v) < 1e-4);
        Assert.Throws<AttuneException>(() => optimizer.Add("bias", 1, 3));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Lbfgs_OfAParabola_EndsAtItsMinimum(bool searches)
    {
        var optimizer = new Lbfgs(new LbfgsOptions { Searches = searches, Iterations = 50 });
        double[] x = [5, -3];
        var start = optimizer.Step((v, g) =>
        {
            (g[0], g[1]) = (2 * (v[0] - 1), 8 * (v[1] + 2));
            return (v[0] - 1) * (v[0] - 1) + 4 * (v[1] + 2) * (v[1] + 2);
        }, x);
        Assert.Equal(20, start);
        Assert.Equal([1, -2], x, (e, v) => Math.Abs(e - v) < 1e-5);
    }

    [Fact]
    public void ParameterAverage_ThreeValues_IsTheirMeanOrDecays()
    {
        var (mean, decaying, actual) = (new ParameterAverage(1), new ParameterAverage(1, 0.5), new float[1]);
        foreach (var v in new[] { 1f, 2, 6 })
        {
            mean.Add([v]);
            decaying.Add([v]);
        }
        mean.CopyTo(actual);
        Assert.Equal(3, actual[0]);
        // (1 + 2)/2 = 1.5, (1.5 + 6)/2; from zero 0.5, 1.25, 3.625 over 1 − ⅛.
        decaying.CopyTo(actual);
        Assert.Equal(3.75f, actual[0]);
        decaying.CopyCorrectedTo(actual);
        Assert.Equal(3.625f / 0.875f, actual[0]);
    }

    [Fact]
    public void Step_ParameterWithoutDecay_IsNotShrunk()
    {
        using var optimizer = new AdamW(new AdamOptions { WeightDecay = 0.5 });
        var value = new float[] { 1 };
        optimizer.Step(optimizer.Add("bias", 1, 1, decays: false), value, [0], 0.1);
        Assert.Equal(1f, value[0]);
    }

    [Fact]
    public void Run_EveryWidth_GivesTheBitsOfTheScalarForm()
    {
        var random = new SeededRandom(5);
        foreach (var count in Enumerable.Range(0, 70).Append(255).Append(256).Append(40_000))
        {
            var start = Enumerable.Range(0, count).Select(_ => (float)random.NextNormal()).ToArray();
            var gradients = Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, count).Select(i => i % 7 == 3 ? float.NaN : i % 11 == 5 ? float.PositiveInfinity : (float)random.NextNormal()).ToArray()).ToArray();
            var scalar = Moved(start, gradients, 1);
            Assert.All([4, 8, 16], width => Assert.Equal(scalar, Moved(start, gradients, width)));
        }
    }

    private static unsafe int[] Moved(float[] start, float[][] gradients, int width)
    {
        var options = new AdamOptions { AmsGrad = true };
        var value = (float[])start.Clone();
        using var slot = new OptimizerSlot("x", 1, start.Length, true, [.. AdamRule.Parts(options, start.Length)]);
        for (var t = 1; t <= gradients.Length; t++)
            fixed (float* p = value, g = gradients[t - 1])
                UpdateKernel.Run(AdamRule.Of(options, t, 0.1, 0.01, 0.001), slot, p, g, 1, width);
        // NaN's payload is the processor's choice; that it is NaN is not.
        return Array.ConvertAll(value, v => float.IsNaN(v) ? -1 : BitConverter.SingleToInt32Bits(v));
    }

    [Fact]
    public void Load_StateOfAnotherOptimizer_SaysSoAndChangesNothing()
    {
        using var adam = new Adam();
        using var sgd = new Sgd(new SgdOptions { Momentum = 0.5 });
        adam.Add("x", 1, 2);
        sgd.Add("x", 1, 2);
        Assert.Contains("is Adam but this one is Sgd", Assert.Throws<AttuneException>(() => sgd.Load(adam.Save())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherParameters_NamesTheOneThatDiffers()
    {
        using var saved = new Adam();
        using var other = new Adam();
        saved.Add("x", 1, 2);
        other.Add("x", 1, 3);
        Assert.Contains("2 values for 'x.first' but 3", Assert.Throws<AttuneException>(() => other.Load(saved.Save())).Message, StringComparison.Ordinal);
        other.Add("y", 1, 1);
        Assert.Contains("1 parameters but 2", Assert.Throws<AttuneException>(() => other.Load(saved.Save())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_IsACopy()
    {
        using var optimizer = new Adam();
        optimizer.Add("x", 1, 1);
        var state = optimizer.Save();
        optimizer.Step(0, new float[1], [1], 0.1);
        Assert.Equal(0f, state.Tensors["x.first"][0]);
        Assert.Equal(0, state.Steps["x"]);
    }

    [Fact]
    public void Create_OptionOutOfRange_IsRefused()
    {
        Assert.Contains("beta 1 is 1", Assert.Throws<AttuneException>(() => new Adam(new AdamOptions { Beta1 = 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("weight decay is -1", Assert.Throws<AttuneException>(() => new Sgd(new SgdOptions { WeightDecay = -1 })).Message, StringComparison.Ordinal);
        Assert.Throws<AttuneException>(() => new Sgd(new SgdOptions { Nesterov = true }));
    }

    [Fact]
    public void Step_WrongLength_IsRefused()
    {
        using var optimizer = new Sgd();
        optimizer.Add("x", 2, 2);
        Assert.Contains("2×2 entries, got 4 values and 3", Assert.Throws<ArgumentException>(() => optimizer.Step(0, new float[4], new float[3], 0.1)).Message, StringComparison.Ordinal);
    }
}
