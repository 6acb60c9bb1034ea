using Attune.Tensors.Optimizers;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Tensors.Optimizers;

[Trait("Category", "Goldens")]
public class AveragingGoldenTests
{
    private const string File = "optimizers/averaging.json";

    public static TheoryData<string> All() => Names(File, "cases");

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Add_GoldenValues_GivesTheRunningAverage(string name)
    {
        var golden = Case(File, "cases", name);
        var values = Rows(golden.GetProperty("values"));
        var average = new ParameterAverage(values[0].Length, golden.TryGetProperty("decay", out var decay) ? decay.GetDouble() : null);
        var actual = new float[values[0].Length];
        for (var step = 0; step < values.Length; step++)
        {
            average.Add(Array.ConvertAll(values[step], v => (float)v));
            average.CopyTo(actual);
            Near(Numbers(golden.GetProperty("average")[step]), Array.ConvertAll(actual, v => (double)v), 0, 2e-5, $"step {step}");
            if (!golden.TryGetProperty("average_from_zero_corrected", out var corrected))
                continue;
            average.CopyCorrectedTo(actual);
            Near(Numbers(corrected[step]), Array.ConvertAll(actual, v => (double)v), 0, 2e-5, $"corrected, step {step}");
        }
    }
}
