using Attune.Tensors;
using Attune.Tensors.MachineCode;

namespace Attune.Tests.Tensors;

/// <summary>What becomes of machine code on a system that refuses executable pages; the seam holds for the calling thread alone.</summary>
public sealed unsafe class MachineTierTests : IDisposable
{
    public MachineTierTests() => PlatformCalls.RefusesExecutablePages = true;

    [Fact]
    public void Assemble_WherePagesAreRefused_GivesNull() => Assert.True(Routine.Assemble(a => a.nop()) is null);

    [Fact]
    public void Require_WherePagesAreRefused_SaysSo()
    {
        var e = Assert.Throws<AttuneException>(() => { Routine.Require(a => a.nop()); });
        Assert.Equal(AttuneErrorKind.Work, e.Kind);
        Assert.Contains("executable pages", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_WherePagesAreRefused_FallsBackAndSaysWhy()
    {
        var found = MachineTier.Detect();
        Assert.False(found.Bytes || found.Brain);
        PlatformCalls.RefusesExecutablePages = false;
        // Where the processor has nothing to refuse there is nothing to say.
        Assert.Equal(MachineTier.IsInUse || MachineTier.Refusal is not null, found.Refusal is not null);
        Assert.Equal((MachineTier.HasByteProducts, MachineTier.HasBrainProducts), (MachineTier.Detect().Bytes, MachineTier.Detect().Brain));
    }

    public void Dispose() => PlatformCalls.RefusesExecutablePages = false;
}
