using Attune.Tensors.Optimizers;

namespace Attune.Tests.Tensors.Optimizers;

public sealed class OptimizerResetTests
{
    public static TheoryData<string> Kinds => ["AdamW", "NAdam", "Sgd", "Rprop", "Adagrad", "Adafactor", "Muon"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reset_BehindSomeSteps_MakesTheNextLikeTheFirst(string kind)
    {
        using Optimizer used = Make(kind), fresh = Make(kind);
        foreach (var optimizer in (Optimizer[])[used, fresh])
        {
            optimizer.Add("a", 2, 4);
            optimizer.Add("b", 2, 4);
        }
        float[] other = [1, 2, 3, 4, 5, 6, 7, 8], otherFresh = [.. other];
        for (var step = 0; step < 3; step++)
        {
            float[] values = [8, 7, 6, 5, 4, 3, 2, 1];
            used.Step(0, values, Gradient(step), 0.1);
            used.Step(1, other, Gradient(step), 0.1);
            fresh.Step(1, otherFresh, Gradient(step), 0.1);
        }
        used.Reset(0);
        for (var step = 0; step < 2; step++)
        {
            float[] a = [1, -1, 2, -2, 3, -3, 4, -4], b = [.. a];
            used.Step(0, a, Gradient(step), 0.1);
            fresh.Step(0, b, Gradient(step), 0.1);
            Assert.Equal(b, a);
        }
        // The other parameter's state is as it was.
        used.Step(1, other, Gradient(3), 0.1);
        fresh.Step(1, otherFresh, Gradient(3), 0.1);
        Assert.Equal(otherFresh, other);
    }

    private static float[] Gradient(int step) => [.. Enumerable.Range(0, 8).Select(i => (float)Math.Sin(1 + i + 3 * step))];

    private static Optimizer Make(string kind) => kind switch
    {
        "AdamW" => new AdamW(),
        "NAdam" => new NAdam(new NAdamOptions()),
        "Sgd" => new Sgd(new SgdOptions { Momentum = 0.9 }),
        "Rprop" => new Rprop(new RpropOptions()),
        "Adagrad" => new Adagrad(new AdagradOptions()),
        "Adafactor" => new Adafactor(new AdafactorOptions()),
        _ => new Muon(new MuonOptions()),
    };
}
