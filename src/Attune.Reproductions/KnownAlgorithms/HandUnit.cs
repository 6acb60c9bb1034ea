namespace Attune.Reproductions;

/// <summary>
/// A hidden unit of a feed-forward layer that reads the normed stream z: with GELU its value is gelu(a·z + a₀), as a bilinear unit (a·z + a₀)(b·z + b₀).
/// Times <paramref name="Output"/> it is added to the stream.
/// </summary>
internal sealed record HandUnit(double[] A, double AOffset, double[] B, double BOffset, double[] Output);
