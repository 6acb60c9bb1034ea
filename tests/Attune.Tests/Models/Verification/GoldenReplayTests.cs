using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Models.Verification;
using Attune.Tests.Models.Architectures;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Models.Verification;

/// <summary>The replay of models verify over every architecture that is known: it finds no error where there is none, and one where there is.</summary>
[Trait("Category", "Goldens")]
public sealed class GoldenReplayTests
{
    public static TheoryData<string> Folders()
    {
        var data = new TheoryData<string>();
        foreach (var folder in ArchitectureGolden.Folders())
            data.Add(Path.GetFileName(folder));
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Run_OnTheGoldensOwnModel_PassesEveryTensor(string name)
    {
        Skip.If(name.Length == 0, "there are no goldens of architectures");
        var golden = ArchitectureGolden.Open(name + "|config.json");
        Skip.If(golden.Kind is "mlm" or "classifier" or "electra", $"{name} has a head, which the tests of encoders compare");
        using var model = ModelLoader.LoadTransformer(golden.Folder, new ModelOptions { RopeLength = RopeLength.Batch, FalconBiasTwice = true });
        var (checks, left) = GoldenReplay.Run(model, golden.Folder);
        Skip.If(checks.Count == 0, $"{name} has inputs other than text ({string.Join(", ", left.Take(3))})");
        Assert.All(checks, c => Assert.True(c.Passed, FormattableString.Invariant($"{name}, {c.Name}: {c.Error:g3} above {c.Tolerance:g3}")));
        if (golden.Kind == "decoder")
            Assert.DoesNotContain(left, n => !n.StartsWith("attention_", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Run_OnAModelWithOneWeightChanged_FindsIt()
    {
        var source = TestFolders.Fixture("architectures/llama");
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        var path = folder.File("model.safetensors");
        File.SetAttributes(path, FileAttributes.Normal);
        TinyFiles.PatchSafetensors(path, "model.layers.1.mlp.up_proj.weight", 0, BitConverter.GetBytes(3f));
        using var model = ModelLoader.LoadTransformer(folder.Path);
        var checks = GoldenReplay.Run(model, folder.Path).Checks;
        Assert.False(checks.Single(c => c.Name == "logits").Passed);
        Assert.True(checks.Single(c => c.Name == "hidden_1").Passed);
        Assert.False(checks.Single(c => c.Name == "hidden_2").Passed);
    }
}
