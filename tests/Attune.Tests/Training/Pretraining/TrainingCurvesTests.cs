using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class TrainingCurvesTests
{
    [Fact]
    public void Points_OfATrainingThatStopsBetweenTwo_HaveTheStepsSoFar()
    {
        var curves = new TrainingCurves(14000);
        curves.Add(1, 4, double.NaN, 1, 0.1);
        curves.Add(2, 3, 2, 3, 0.2);
        Assert.Equal(new CurvePoint(2, 3.5, 2, 2, 0.2), Assert.Single(curves.Points));
    }

    [Fact]
    public void Resume_BetweenTwoPoints_GivesThePointOfAnUndisturbedCourse()
    {
        var (whole, first, rest) = (new TrainingCurves(1500), new TrainingCurves(1500), new TrainingCurves(1500));
        first.Add(1, 6, 5, 1, 0.1);
        first.Add(2, 3, double.NaN, 2, 0.2);
        rest.Resume(first.ToJson());
        Assert.Equal(first.Points, rest.Points);
        rest.Add(3, 3, 1, 3, 0.3);
        Assert.Equal(new CurvePoint(3, 4, 3, 2, 0.3), Assert.Single(rest.Points));
        Assert.Empty(whole.Points);
    }

    [Fact]
    public void Resume_OfACheckpointWithoutTheLastStep_GoesOn()
    {
        var (first, rest) = (new TrainingCurves(1500), new TrainingCurves(1500));
        first.Add(1, 6, 5, 1, 0.1);
        var json = first.ToJson();
        json["begun"]!.AsArray().RemoveAt(6);
        json["begun"]!.AsArray().RemoveAt(5);
        rest.Resume(json);
        rest.Add(2, 3, 1, 3, 0.3);
        Assert.Equal(new CurvePoint(2, 4.5, 3, 2, 0.3), Assert.Single(rest.Points));
    }
}
