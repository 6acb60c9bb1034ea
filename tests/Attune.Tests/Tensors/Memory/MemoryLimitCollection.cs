using Attune.Tensors;

namespace Attune.Tests.Tensors;

/// <summary>Tests that set the engine's memory limit, which holds for the whole process, run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryLimitCollection
{
    public const string Name = "Memory limit";

    /// <summary>Runs work that may take <paramref name="bytes"/> beyond what is held now.</summary>
    public static T Within<T>(long bytes, Func<T> work)
    {
        // What earlier tests left to finalisers must not come back while the limit stands.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        EngineMemory.Limit = EngineMemory.CurrentBytes + bytes;
        try
        {
            return work();
        }
        finally
        {
            EngineMemory.Limit = long.MaxValue;
        }
    }
}
