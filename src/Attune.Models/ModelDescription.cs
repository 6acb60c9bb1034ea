namespace Attune.Models;

/// <summary>What is known of a model apart from its weights.</summary>
/// <param name="Name">Folder or file name.</param>
/// <param name="Path">Where it was read from.</param>
/// <param name="Hash">SHA-256 over the SHA-256 of each file of weights, in lower-case hexadecimal, the first 16 digits.</param>
/// <param name="Storage">The formats of its matrices with their share, for instance "Q4_1 (210), Q8_0 (1)".</param>
public sealed record ModelDescription(string Name, string Path, string Hash, string Storage);
