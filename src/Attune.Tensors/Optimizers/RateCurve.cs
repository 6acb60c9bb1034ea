namespace Attune.Tensors.Optimizers;

/// <summary>The form of a slope from 1 at s = 0 to 0 at s = 1.</summary>
public enum RateCurve
{
    /// <summary>1 − s.</summary>
    Linear,

    /// <summary>(1 + cos πs)/2.</summary>
    Cosine,

    /// <summary>1 − √s.</summary>
    OneMinusSqrt,
}
