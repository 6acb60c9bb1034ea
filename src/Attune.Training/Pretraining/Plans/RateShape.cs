namespace Attune.Training.Pretraining;

/// <summary>The course of the learning rate behind the warm-up.</summary>
public enum RateShape
{
    /// <summary>Half a cosine down to the least rate.</summary>
    Cosine,

    /// <summary>Stable, then a line down (warm-up, stable, decay).</summary>
    Wsd,

    Constant,

    /// <summary>A line down.</summary>
    Linear,
}
