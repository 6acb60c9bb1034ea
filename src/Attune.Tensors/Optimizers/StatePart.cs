namespace Attune.Tensors.Optimizers;

/// <summary>One buffer of an optimizer's state: its name, length, and the value that it starts with.</summary>
internal readonly record struct StatePart(string Name, int Count, float Start = 0);
