namespace Attune.Methods;

/// <summary>
/// The options of a method: a sealed record whose properties have defaults that work. Together with data, model and seed they
/// are a fit's identity. Each property carries an <see cref="OptionAttribute"/> with its meaning.
/// </summary>
public abstract record MethodOptions;
