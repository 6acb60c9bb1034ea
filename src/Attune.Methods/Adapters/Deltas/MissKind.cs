namespace Attune.Methods.Adapters;

/// <summary>How <see cref="Miss"/> makes a delta of its shard.</summary>
public enum MissKind
{
    /// <summary>It repeats along the inputs.</summary>
    Balance,

    /// <summary>One for each block of outputs, multiplied by the weight's blocks and added.</summary>
    Bat,

    /// <summary>It repeats along inputs and outputs.</summary>
    Mini,
}
