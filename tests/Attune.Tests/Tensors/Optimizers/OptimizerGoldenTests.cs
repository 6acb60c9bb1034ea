using System.Text.Json;
using Attune.Tensors.Optimizers;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Tensors.Optimizers;

[Trait("Category", "Goldens")]
public class OptimizerGoldenTests
{
    private const string File = "optimizers/trajectories.json";

    /// <summary>What the goldens' README grants float32 on parameters of size 1.</summary>
    private const double Tolerance = 2e-5;

    /// <summary>What it grants where the reference's iteration runs in bfloat16.</summary>
    private const double BrainTolerance = 0.02;

    public static TheoryData<string> All() => Names(File, "optimizers");

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Step_GoldenGradients_FollowTheTrajectory(string name)
    {
        var (file, golden) = Find(name);
        using var optimizer = Require(name, golden);
        var after = golden.GetProperty("after");
        foreach (var parameter in after.EnumerateObject())
            Follow(optimizer, parameter.Name, file, golden.GetProperty("options"), parameter.Value, from: 0, Values(file.GetProperty("initial").GetProperty(parameter.Name)), name == "muon" ? BrainTolerance : Tolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Load_AfterTenSteps_GoesOnWithTheSameBits(string name)
    {
        var (file, golden) = Find(name);
        var options = golden.GetProperty("options");
        using var whole = Require(name, golden);
        using var begun = Require(name, golden);
        using var resumed = Require(name, golden);
        var parameter = golden.GetProperty("after").EnumerateObject().First().Name;
        var gradients = file.GetProperty("gradients").GetProperty(parameter).EnumerateArray().Select(Values).ToArray();
        var expected = Values(file.GetProperty("initial").GetProperty(parameter));
        var actual = (float[])expected.Clone();
        foreach (var optimizer in new[] { whole, begun, resumed })
            Add(optimizer, parameter, file.GetProperty("initial").GetProperty(parameter));
        foreach (var gradient in gradients)
            whole.Step(0, expected, gradient, Number(options, "lr"));
        foreach (var gradient in gradients[..10])
            begun.Step(0, actual, gradient, Number(options, "lr"));
        resumed.Load(begun.Save());
        foreach (var gradient in gradients[10..])
            resumed.Step(0, actual, gradient, Number(options, "lr"));
        Assert.Equal(expected, actual);
    }

    private static (JsonElement File, JsonElement Golden) Find(string name)
    {
        var golden = Case(File, "optimizers", name);
        var file = TestFolders.AllFixtures(File).Select(Read).First(f => f.GetProperty("optimizers").EnumerateArray().Any(o => o.GetProperty("name").GetString() == name));
        return (file, golden);
    }

    private static Optimizer Require(string name, JsonElement golden)
    {
        var optimizer = GoldenOptimizers.Create(name, golden.GetProperty("options"));
        Skip.If(optimizer is null, $"there is no optimizer for '{name}'");
        return optimizer!;
    }

    private static void Follow(Optimizer optimizer, string parameter, JsonElement file, JsonElement options, JsonElement after, int from, float[] value, double tolerance)
    {
        var slot = Add(optimizer, parameter, file.GetProperty("initial").GetProperty(parameter));
        var gradients = file.GetProperty("gradients").GetProperty(parameter);
        for (var step = from; step < gradients.GetArrayLength(); step++)
        {
            optimizer.Step(slot, value, Values(gradients[step]), Number(options, "lr"));
            Near(Numbers(after[step]), Array.ConvertAll(value, v => (double)v), 0, tolerance, $"{parameter} after step {step}");
        }
    }

    private static int Add(Optimizer optimizer, string name, JsonElement initial)
    {
        var matrix = initial[0].ValueKind == JsonValueKind.Array;
        var count = Numbers(initial).Length;
        return optimizer.Add(name, matrix ? initial.GetArrayLength() : 1, matrix ? count / initial.GetArrayLength() : count);
    }

    private static float[] Values(JsonElement e) => Array.ConvertAll(Numbers(e), x => (float)x);
}
