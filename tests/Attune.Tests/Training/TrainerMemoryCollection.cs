namespace Attune.Tests.Training;

/// <summary>Tests that set the memory limit or count allocations of the whole process: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(TrainerMemoryCollection), DisableParallelization = true)]
public sealed class TrainerMemoryCollection;
