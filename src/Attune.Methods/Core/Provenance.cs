namespace Attune.Methods;

/// <summary>Where an adaptation comes from.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Options">Its options as JSON.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Model">Name and hash of the language model; empty if none was used.</param>
/// <param name="Encoder">Name and hash of the encoder; empty if none was used.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Rows">Labelled rows seen.</param>
/// <param name="Version">Attune's version.</param>
public sealed record Provenance(string Method, string Options, string Task, string Model, string Encoder, int Seed, int Rows, string Version);
