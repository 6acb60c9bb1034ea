namespace Attune.Methods;

/// <summary>What an option means, shown by "attune methods NAME".</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string meaning) : Attribute
{
    public string Meaning { get; } = meaning;
}
