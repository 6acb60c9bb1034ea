namespace Attune.Models.Verification;

/// <summary>Something of a model's files that was looked at.</summary>
/// <param name="What">"hash of model.safetensors".</param>
/// <param name="Passed">Null where it is only told.</param>
/// <param name="Found">What was found.</param>
public sealed record FileCheck(string What, bool? Passed, string Found);
