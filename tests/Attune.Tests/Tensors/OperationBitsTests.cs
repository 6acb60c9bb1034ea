using System.Reflection;
using System.Runtime.Loader;
using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Tests that change how many threads all kernels use run alone.</summary>
[CollectionDefinition(nameof(OperationBitsTests), DisableParallelization = true)]
public class OperationBitsCollection;

[Collection(nameof(OperationBitsTests))]
public class OperationBitsTests
{
    [Fact]
    public void Operations_OnOneTwoOrFiveThreads_GiveTheSameBits()
    {
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var one = OperationBits.Compute(large: true);
            ThreadTeam.Threads = 2;
            Assert.Equal(one, OperationBits.Compute(large: true));
            ThreadTeam.Threads = 5;
            Assert.Equal(one, OperationBits.Compute(large: true));
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [SkippableTheory, InlineData("scalar", 1), InlineData("simd-128", 4), InlineData("simd-256", 8), InlineData("simd-512", 16)]
    public void Operations_AtAnotherWidth_GiveTheSameBits(string kernels, int lanes)
    {
        Skip.If(lanes > KernelTier.Best(), $"there are no vectors of {lanes} numbers here");
        Assert.Equal(OperationBits.Compute(large: false), ComputeWith(kernels));
    }

    /// <summary>The tier is chosen once for a loaded assembly, so the assemblies are loaded a second time with another choice.</summary>
    private static string[] ComputeWith(string kernels)
    {
        const string Variable = "ATTUNE_KERNELS";
        Assert.True(KernelTier.Width > 0);
        var before = Environment.GetEnvironmentVariable(Variable);
        try
        {
            Environment.SetEnvironmentVariable(Variable, kernels);
            var tests = new SecondCopy().LoadFromAssemblyPath(typeof(OperationBits).Assembly.Location);
            var compute = tests.GetType(typeof(OperationBits).FullName!)!.GetMethod(nameof(OperationBits.Compute))!;
            var result = (string[])compute.Invoke(null, [false])!;
            var tier = AssemblyLoadContext.GetLoadContext(tests)!.Assemblies.Single(a => a.GetName().Name == "Attune.Tensors").GetType(typeof(KernelTier).FullName!)!;
            Assert.Equal(kernels, tier.GetProperty(nameof(KernelTier.Name))!.GetValue(null));
            return result;
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }
    }

    private sealed class SecondCopy : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName name) =>
            name.Name!.StartsWith("Attune.", StringComparison.Ordinal) ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name.Name + ".dll")) : null;
    }
}
