namespace Attune.Tensors.Optimizers;

/// <summary>What a line search knows of a place: how far it is, value, gradient, and slope along the line.</summary>
internal sealed record WolfePoint(double Length, double Value, double[] Gradient, double Slope);
