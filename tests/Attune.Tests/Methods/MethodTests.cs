using Attune.Data;
using Attune.Methods;
using Attune.Methods.Activations;
using Attune.Methods.Adapters;
using Attune.Methods.Head;
using Attune.Methods.Prompt;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods;

/// <summary>What is particular to each method, by hand-worked cases and properties.</summary>
public sealed class MethodTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Language(context: 2048);
    private readonly SentenceEncoder encoder = TinyModels.Encoder();
    private readonly TaskSpec task;
    private readonly IReadOnlyList<Example> rows;

    public MethodTests() => (task, rows) = TinyModels.Task(40);

    [Fact]
    public void Majority_ThreeOfFour_PredictsThatShare()
    {
        Example[] four = [.. rows.Where(r => r.Label == "positive").Take(3), rows.First(r => r.Label == "negative")];
        var prediction = Predict(new Majority().Fit(Context(four), new MajorityOptions()))[0];
        Assert.Equal("positive", prediction.Label);
        Assert.Equal([0.25, 0.75], prediction.Probabilities);
    }

    [Fact]
    public void Draw_Balanced_LabelsDifferByOneAtMost()
    {
        var drawn = DemonstrationDraw.Draw(rows, 7, balanced: true, new SeededRandom(1));
        Assert.Equal(7, drawn.Distinct().Count());
        Assert.InRange(drawn.Count(d => d.Label == "positive"), 3, 4);
    }

    [Fact]
    public void Draw_MoreThanRows_GivesAllOnce()
    {
        Assert.Equal(rows.ToHashSet(), DemonstrationDraw.Draw(rows, 100, balanced: true, new SeededRandom(1)).ToHashSet());
    }

    [Fact]
    public void IclKnn_QueryThatIsARow_StandsNearestToItself()
    {
        foreach (var retrieval in new[] { RetrievalKind.Encoder, RetrievalKind.Bm25 })
        {
            var fitted = new IclKnn().Fit(Context(rows), new IclKnnOptions { Demonstrations = 3, Retrieval = retrieval });
            var prompting = fitted.Interventions.OfType<IPromptIntervention>().Single();
            var demonstrations = prompting.Demonstrations([rows[5].Input], new PredictionTools(task, model, encoder, default))[0];
            Assert.Equal(3, demonstrations.Count);
            Assert.Equal(rows[5].Input.Text, demonstrations[^1].Input.Text);
        }
    }

    [Fact]
    public void LabelPrior_BiasOfTheModel_IsDividedOut()
    {
        // Probabilities 0.8 and 0.2 against a prior of the same: 0.5 each.
        double[] scores = [Math.Log(0.08), Math.Log(0.02)];
        new LabelPrior([Math.Log(0.8), Math.Log(0.2)]).Apply([scores], [rows[0].Input]);
        Assert.Equal(scores[0], scores[1], 12);
        // 0.6 and 0.4 against 0.8 and 0.2: 0.75 to 2.
        scores = [Math.Log(0.6), Math.Log(0.4)];
        new LabelPrior([Math.Log(0.8), Math.Log(0.2)]).Apply([scores], [rows[0].Input]);
        Assert.Equal(Math.Log(2 / 0.75), scores[1] - scores[0], 12);
    }

    [Fact]
    public void IclCalibrated_ContentFreeInputs_BecomeUniformOnAverage()
    {
        var fitted = new IclCalibrated().Fit(Context([]), new IclCalibratedOptions());
        var predictions = Predict(fitted, [.. new[] { "N/A", "[MASK]", "" }.Select(Input.FromText)]);
        // Σ over the three of p/p̄ is the same for both labels, so neither label is favoured by all three.
        Assert.NotEqual(predictions.All(p => p.Probabilities[0] > 0.5), predictions.Any(p => p.Probabilities[0] > 0.5));
    }

    [Fact]
    public void Direction_DifferencesAlongOneLine_IsThatLine()
    {
        // Δ_i = c_i·w: mean(c)·w plus the unit vector along w.
        float[] w = [3, 0, -4];
        float[][] differences = [.. new[] { 1f, 2f, 4f }.Select(c => w.Select(v => c * v).ToArray())];
        var direction = InContextVectors.Direction(differences);
        var length = 7 / 3.0 + 1 / 5.0;
        for (var i = 0; i < w.Length; i++)
            Assert.Equal(length * w[i], direction[i], 4);
        Assert.Equal(w, InContextVectors.Direction([w]));
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(-0.3f)]
    [InlineData(2f)]
    public void Steering_AnyStrength_KeepsTheNormAndTurnsTowardsTheVector(float strength)
    {
        var random = new SeededRandom(2);
        using var graph = new Graph(recording: false);
        var x = graph.Persistent.Matrix(5, 16);
        foreach (ref var v in x.Span)
            v = (float)random.NextNormal();
        float[] vector = [.. Enumerable.Range(0, 16).Select(_ => (float)random.NextNormal())];
        var y = new SteeringVectors.Steering(vector, strength).Apply(graph, x, new TokenBatch());
        for (var r = 0; r < 5; r++)
        {
            Assert.Equal(Norm(x[r]), Norm(y[r]), 4);
            Assert.Equal(Math.Sign(strength), Math.Sign(Cosine(y[r], vector) - Cosine(x[r], vector)));
        }
    }

    [Fact]
    public void Steering_StrengthZero_IsTheModelItself()
    {
        var vectors = new TensorBag.Matrix(2, 32, [.. Enumerable.Repeat(1f, 64)]);
        var plain = Predict(new ZeroShot().Fit(Context(rows), new ZeroShotOptions()));
        var steered = Predict(Context(rows).Of(new InContextVectors(), new InContextVectorsOptions(), new SteeringVectors(vectors, 0)));
        Assert.Equal(plain.Select(p => p.Probabilities[0]), steered.Select(p => p.Probabilities[0]));
    }

    [Fact]
    public void Lora_ManyEpochs_FitsItsRows()
    {
        var few = rows.Take(8).ToArray();
        var fitted = new Lora().Fit(Context(few), new LoraOptions { Epochs = 60, MaxSteps = null, HoldOut = 0, LearningRate = 0.01, Targets = ["all-linear"] });
        var predictions = Predict(fitted, [.. few.Select(r => r.Input)]);
        Assert.All(few.Zip(predictions), p => Assert.Equal(p.First.Label, p.Second.Label));
    }

    [Fact]
    public void SetFit_Pairs_AreOfEqualAndDifferentLabelsAsSaid()
    {
        var few = rows.Take(6).ToArray();
        var pairs = SetFit.Pairs(few, 3, 1000, new SeededRandom(1));
        Assert.Equal(2 * 3 * 6, pairs.Count);
        Assert.All(pairs, p => Assert.Equal(few[p.A].Label == few[p.B].Label, p.Same == 1));
        Assert.All(pairs, p => Assert.NotEqual(p.A, p.B));
    }

    [Fact]
    public void SetFit_Tuned_DrawsLabelsApart()
    {
        var fitted = new SetFit().Fit(Context(rows), new SetFitOptions { LearningRate = 1e-3, MaxSteps = 40 });
        var predictions = Predict(fitted, [.. rows.Select(r => r.Input)]);
        Assert.True(rows.Zip(predictions).Count(p => p.First.Label == p.Second.Label) >= 38);
    }

    [Fact]
    public void Stack_HeadOrTwoPrompts_IsRefusedWithTheReason()
    {
        var zero = new ZeroShot().Fit(Context(rows), new ZeroShotOptions());
        var random = new IclRandom().Fit(Context(rows), new IclRandomOptions());
        var probe = new LinearProbe().Fit(Context(rows), new LinearProbeOptions());
        Assert.Contains("head", Assert.Throws<AttuneException>(() => random.Stack(probe)).Message, StringComparison.Ordinal);
        Assert.Contains("demonstrations", Assert.Throws<AttuneException>(() => random.Stack(random)).Message, StringComparison.Ordinal);
        Assert.Single(zero.Stack(random).Interventions);
    }

    public void Dispose()
    {
        model.Dispose();
        encoder.Dispose();
    }

    private FitContext Context(IReadOnlyList<Example> examples) => new() { Task = task, Examples = examples, Model = model, Encoder = encoder, Seed = 3 };

    private IReadOnlyList<Prediction> Predict(Adaptation adaptation, IReadOnlyList<Input>? inputs = null)
    {
        using var predictor = new Predictor(adaptation, model, encoder, OverflowPolicy.Error);
        return predictor.Predict(inputs ?? [.. rows.Take(6).Select(r => r.Input)]);
    }

    private static double Norm(ReadOnlySpan<float> x)
    {
        var sum = 0.0;
        foreach (var v in x)
            sum += (double)v * v;
        return Math.Sqrt(sum);
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum / Norm(a) / Norm(b);
    }
}
