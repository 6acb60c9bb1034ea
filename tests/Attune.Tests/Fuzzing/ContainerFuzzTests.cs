namespace Attune.Tests.Fuzzing;

/// <summary>Damaged files with tensors, and tokenizers in them.</summary>
public class ContainerFuzzTests
{
    public static TheoryData<string> Targets => FuzzTargets.Names(FuzzTargets.Containers);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Parse_DamagedFile_GivesAResultOrAClearError(string target) =>
        FuzzRun.Check(FuzzTargets.Containers.Single(t => t.Name == target), FuzzTargets.AllWeights);
}
