using System.Text.Json;
using Attune.Tensors;
using Attune.Tensors.Optimizers;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Tensors.Optimizers;

[Trait("Category", "Goldens")]
public class ClippingGoldenTests
{
    private const string File = "optimizers/clipping.json";

    public static TheoryData<string> All() => Names(File, "cases");

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Clip_GoldenGradients_GivesNormAndClipped(string name)
    {
        var golden = Case(File, "cases", name);
        var gradients = golden.GetProperty("gradients").EnumerateObject().ToDictionary(g => g.Name, g => Numbers(g.Value));
        using var arena = new Arena();
        var tensors = gradients.ToDictionary(g => g.Key, g => Copy(arena, g.Value));
        var limit = golden.GetProperty("limit").GetDouble();
        var type = golden.GetProperty("norm_type");
        if (type.ValueKind == JsonValueKind.Null)
        {
            GradientClipping.ByValue([.. tensors.Values], (float)limit);
        }
        else
        {
            var order = type.ValueKind == JsonValueKind.String ? double.PositiveInfinity : type.GetDouble();
            Near([golden.GetProperty("total_norm").GetDouble()], [GradientClipping.ByNorm([.. tensors.Values], limit, order)], 1e-6, 0, "norm");
        }
        foreach (var clipped in golden.GetProperty("clipped").EnumerateObject())
            Near(Numbers(clipped.Value), [.. tensors[clipped.Name].Span.ToArray().Select(v => (double)v)], 1e-6, 1e-12, clipped.Name);
    }

    private static Tensor Copy(Arena arena, double[] values)
    {
        var tensor = arena.Matrix(1, values.Length);
        for (var i = 0; i < values.Length; i++)
            tensor.Span[i] = (float)values[i];
        return tensor;
    }
}
