namespace Attune.Tests.Fuzzing;

/// <summary>Damaged data files, templates, configurations and folders.</summary>
public class TextFuzzTests
{
    public static TheoryData<string> Targets => FuzzTargets.Names(FuzzTargets.Texts);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Parse_DamagedFile_GivesAResultOrAClearError(string target) =>
        FuzzRun.Check(FuzzTargets.Texts.Single(t => t.Name == target), FuzzTargets.AllWeights);
}
