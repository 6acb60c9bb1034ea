namespace Attune.Tensors.Kernels;

/// <summary>How a resampled pixel comes from its neighbours.</summary>
public enum Resampling
{
    /// <summary>The pixel before, as torch's "nearest" has it.</summary>
    Nearest,

    /// <summary>Linear along both axes.</summary>
    Linear,

    /// <summary>Cubic along both axes (Keys 1981) with a = −0.75.</summary>
    Cubic,
}
