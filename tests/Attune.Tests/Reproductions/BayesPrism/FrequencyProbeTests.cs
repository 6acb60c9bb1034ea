using Attune.Reproductions.BayesPrism;

namespace Attune.Tests.Reproductions.BayesPrism;

public sealed class FrequencyProbeTests
{
    [Fact]
    public void Coefficients_OfASeries_AreItsOwn()
    {
        var family = FunctionFamilies.FourierEven(5, 0.1);
        double[] weights = [0.5, -1, 2, 0.25, 0, 1, -3, 0.125, 4, -0.5];
        var values = FrequencyProbe.Grid(16, FunctionFamilies.HalfPeriod).Select(x => family.Value(weights, [x])).ToArray();
        Assert.Equal(weights, FrequencyProbe.Coefficients(values, 5), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(1.25, FrequencyProbe.Energies(values, 5)[0], 12);
    }

    [Fact]
    public void MeanFrequency_OfEvenEnergies_IsTheMiddle()
    {
        Assert.Equal(3, FrequencyProbe.MeanFrequency([2, 2, 2, 2, 2]), 12);
        Assert.Equal(1.25, FrequencyProbe.MeanFrequency([3, 1]), 12);
    }
}
