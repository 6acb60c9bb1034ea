using Attune.Reproductions;
using Attune.Reproductions.SoftmaxRegression;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Tests.Reproductions.SoftmaxRegression;

public class HeadBankTests
{
    private static readonly RegressionSetting Setting = new(3, 7, 0.1);

    /// <summary>The formula as it stands, with plain loops over circuits: scores z·KQ·z_q/√(d+1), softmax, Σ p·OV·z.</summary>
    [Fact]
    public void Predict_OfRandomHeads_IsTheFormula()
    {
        using var batch = Drawn();
        using var bank = new HeadBank(Setting.Token, [1, 3], softmax: true, new SeededRandom(2));
        using var graph = new Graph(recording: false);
        var y = bank.Predict(graph, batch);
        for (var net = 0; net < 2; net++)
        {
            var circuits = bank.Circuits(net);
            for (var s = 0; s < batch.Count; s++)
                Assert.Equal(circuits.Sum(c => Read(c, batch, s, softmax: true)), y[s][net], 1e-5);
        }
    }

    [Fact]
    public void Predict_OfALinearHead_IsTheFormula()
    {
        using var batch = Drawn();
        using var bank = new HeadBank(Setting.Token, [1], softmax: false, new SeededRandom(2));
        using var graph = new Graph(recording: false);
        var y = bank.Predict(graph, batch, divisor: 5);
        for (var s = 0; s < batch.Count; s++)
            Assert.Equal(Read(bank.Circuits(0)[0], batch, s, softmax: false) / 5, y[s][0], 1e-5);
    }

    [Fact]
    public void Training_BesideOtherNets_IsTrainingAlone()
    {
        using var alone = new HeadBank(Setting.Token, [2], softmax: true, new SeededRandom(3));
        using var beside = new HeadBank(Setting.Token, [1, 2], softmax: true, new SeededRandom(3));
        Train(alone);
        Train(beside);
        HeadCircuit[] a = alone.Circuits(0), b = beside.Circuits(1);
        for (var h = 0; h < 2; h++)
        {
            Assert.Equal(a[h].Mu, b[h].Mu, 1e-5);
            Assert.Equal(a[h].Omega, b[h].Omega, 1e-5);
        }
    }

    [Fact]
    public void Nets_OfAsManyHeads_BeginFromDifferentWeights()
    {
        using var bank = new HeadBank(Setting.Token, [2, 2], softmax: true, new SeededRandom(3));
        Assert.NotEqual(bank.Circuits(0)[0].Mu, bank.Circuits(1)[0].Mu);
    }

    [Fact]
    public void Circuits_Plugged_AreFound()
    {
        using var bank = new HeadBank(Setting.Token, [2], softmax: true, new SeededRandom(3));
        bank.Plug([0.4, -0.3], [1.5, -2]);
        var circuits = bank.Circuits(0);
        Assert.Equal(0.4, circuits[0].Omega, 6);
        Assert.Equal(-2, circuits[1].Mu, 6);
        Assert.Equal(0, circuits[0].OffDiagonal + circuits[1].Inhomogeneity + circuits[1].ValueOutside, 6);
    }

    private static double Read(HeadCircuit circuit, RegressionBatch batch, int sequence, bool softmax)
    {
        var n = Setting.Token;
        var (sum, read) = (0.0, 0.0);
        for (var l = 0; l < Setting.Length; l++)
        {
            var z = batch.Tokens[sequence * Setting.Length + l];
            var (score, value) = (0.0, 0.0);
            for (var i = 0; i < n; i++)
            {
                value += circuit.OutputValue[i] * z[i];
                for (var j = 0; j < n; j++)
                    score += z[i] * circuit.KeyQuery[i, j] * batch.Queries[sequence][j] / Math.Sqrt(n);
            }
            var weight = softmax ? Math.Exp(score) : score;
            (sum, read) = (sum + weight, read + weight * value);
        }
        return softmax ? read / sum : read;
    }

    private static void Train(HeadBank bank)
    {
        using var batch = Drawn();
        LearnerTraining.Train(bank.Parameters, new StepOptions { Optimizer = () => new Adam(new AdamOptions()), ClipNorm = null }, 20, _ => 0.01, (graph, _) => bank.Loss(graph, batch), null, default);
    }

    private static RegressionBatch Drawn()
    {
        var batch = new RegressionBatch(Setting, 9);
        batch.Draw(new NormalStream(new SeededRandom(1)));
        return batch;
    }
}
