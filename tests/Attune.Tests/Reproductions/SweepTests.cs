using Attune.Reproductions;
using Attune.Tensors;

namespace Attune.Tests.Reproductions;

public class SweepTests
{
    [Fact]
    public void Each_OfManyRuns_GivesResultsByNumber() =>
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * i), Sweep.Each(100, i => i * i));

    [Fact]
    public void Each_WithARunThatIsCancelled_ThrowsThatItself() =>
        Assert.Throws<OperationCanceledException>(() => Sweep.Each(5, i =>
        {
            if (i == 3)
                throw new OperationCanceledException();
        }));

    [Fact]
    public void Each_WithARunThatFails_ThrowsItsError()
    {
        var error = Assert.Throws<AttuneException>(() => Sweep.Each(2, _ => throw new AttuneException("diverged", AttuneErrorKind.Work)));
        Assert.Equal("diverged", error.Message);
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
    }
}
