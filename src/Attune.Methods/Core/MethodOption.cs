namespace Attune.Methods;

/// <summary>An option of a method, for people.</summary>
public sealed record MethodOption(string Name, string Type, string Default, string Meaning);
