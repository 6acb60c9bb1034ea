using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Kinds of deltas on a tiny model, without goldens: merged weights by hand, gradients beside differences.</summary>
public sealed class DeltaTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Language(context: 2048);
    private readonly FitContext context;

    public DeltaTests()
    {
        var (task, rows) = TinyModels.Task(40);
        context = new FitContext { Task = task, Examples = rows, Model = model, Seed = 3 };
    }

    [Fact]
    public void Merge_FourierFt_IsTheInverseTransformByItsSum()
    {
        using var adapter = new FourierFt().Start(context, model, new FourierFtOptions { Frequencies = 3, Scaling = 40, Targets = ["v_proj"] });
        var spectrum = Shake(adapter)[0];
        var seed = (int)adapter.ToFolder().Configuration["random_loc_seed"]!;
        var places = TorchPermutation.First(seed, 16 * 32, 3);
        Merged(adapter, (p, q, w) =>
        {
            var sum = 0.0;
            for (var k = 0; k < 3; k++)
                sum += spectrum[k] * Math.Cos(2 * Math.PI * (places[k] / 32 * p / 16.0 + places[k] % 32 * q / 32.0));
            return w + 40.0 / 512 * sum;
        });
    }

    [Fact]
    public void Merge_WaveFt_IsTheInverseHaarTransform()
    {
        using var adapter = new WaveFt().Start(context, model, new WaveFtOptions { Frequencies = 200, Scaling = 2, Targets = ["v_proj"] });
        var spectrum = Shake(adapter)[0];
        var d = new double[16, 32];
        var places = TorchPermutation.First((int)adapter.ToFolder().Configuration["random_loc_seed"]!, 16 * 32, 200);
        for (var k = 0; k < 200; k++)
            d[places[k] / 32, places[k] % 32] = spectrum[k];
        Merged(adapter, (p, q, w) =>
        {
            var (i, j, rowSign, columnSign) = (p / 2, q / 2, p % 2 == 0 ? 1 : -1, q % 2 == 0 ? 1 : -1);
            // λ/2 is 1.
            return w + d[i, j] + rowSign * d[i, j + 16] + columnSign * d[i + 8, j] + rowSign * columnSign * d[i + 8, j + 16];
        });
    }

    [Fact]
    public void Merge_Miss_RepeatsTheShardAlongTheInputs()
    {
        using var adapter = new Miss().Start(context, model, new MissOptions { Rank = 5, Targets = ["v_proj"] });
        var block = Shake(adapter)[0];
        Merged(adapter, (p, q, w) => w + block[q % 5 * 16 + p]);
    }

    [Theory]
    [InlineData(MissKind.Bat)]
    [InlineData(MissKind.Mini)]
    public void Start_MissRankThatDoesNotDivide_IsRefused(MissKind kind) => Assert.Contains("divide", Assert.Throws<AttuneException>(() =>
        new Miss().Start(context, model, new MissOptions { Rank = 7, MiniRank = 7, Kind = kind })).Message, StringComparison.Ordinal);

    public void Dispose() => model.Dispose();

    private static float[][] Shake(PeftAdapter adapter)
    {
        var random = new SeededRandom(8);
        foreach (var parameter in adapter.Parameters)
            foreach (ref var v in parameter.Value.Span)
                v += (float)random.NextNormal() * 0.2f;
        return [.. adapter.Parameters.Select(p => p.Value.Span.ToArray())];
    }

    /// <summary>The first value projection [16, 32] merged, entry by entry.</summary>
    private void Merged(PeftAdapter adapter, Func<int, int, double, double> expected)
    {
        var module = model.Transformer.Linears.First(l => l.Role == "v_proj");
        using var merged = adapter.Merge();
        var weight = merged.Changed(module)!.Value;
        var row = new float[module.Inputs];
        for (var p = 0; p < module.Outputs; p++)
        {
            module.Weight.ReadRow(p, row);
            for (var q = 0; q < module.Inputs; q++)
                Assert.Equal(expected(p, q, row[q]), weight[p][q], 1e-5);
        }
    }
}
