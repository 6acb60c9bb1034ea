namespace Attune.Models.ChatTemplates;

/// <summary>The tests after "is".</summary>
internal sealed class JinjaTests(JinjaOperators operators)
{
    public bool Apply(string name, object? value, JinjaCallArguments arguments) => name switch
    {
        "defined" => value is not JinjaUndefined,
        "undefined" => value is JinjaUndefined,
        "none" => value is null,
        "boolean" => value is bool,
        "true" => value is true,
        "false" => value is false,
        "integer" => value is long,
        "float" => value is double,
        "number" => value is long or double or bool,
        "string" => value is string or JinjaMarkup,
        "mapping" => value is JinjaDictionary,
        "sequence" => value is string or JinjaMarkup or JinjaList or JinjaDictionary or JinjaRange or JinjaUndefined,
        "iterable" => value is string or JinjaMarkup or JinjaList or JinjaDictionary or JinjaRange or JinjaUndefined or JinjaGenerator,
        "callable" => value is JinjaFunction,
        "odd" => JinjaComparer.AreEqual(Modulo(value, 2L), 1L),
        "even" => JinjaComparer.AreEqual(Modulo(value, 2L), 0L),
        "divisibleby" => JinjaComparer.AreEqual(Modulo(value, arguments.Required(0, "num")), 0L),
        "eq" or "equalto" or "==" => JinjaComparer.AreEqual(value, arguments.Required(0, "other")),
        "ne" or "!=" => !JinjaComparer.AreEqual(value, arguments.Required(0, "other")),
        "lt" or "lessthan" or "<" => JinjaComparer.Compare(value, arguments.Required(0, "other")) < 0,
        "le" or "<=" => JinjaComparer.Compare(value, arguments.Required(0, "other")) <= 0,
        "gt" or "greaterthan" or ">" => JinjaComparer.Compare(value, arguments.Required(0, "other")) > 0,
        "ge" or ">=" => JinjaComparer.Compare(value, arguments.Required(0, "other")) >= 0,
        "in" => operators.Contains(arguments.Required(0, "seq"), value),
        "sameas" => Same(value, arguments.Required(0, "other")),
        "escaped" => value is JinjaMarkup,
        "lower" => JinjaValues.Text(value) is { } text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        "upper" => JinjaValues.Text(value) is { } text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        _ => throw new JinjaError($"the test '{name}' is not known"),
    };

    private object? Modulo(object? value, object? by) => value is long or double or bool
        ? operators.Apply("%", value, by)
        : throw new JinjaError($"{JinjaValues.TypeName(value)} is no number that can be divided");

    private static bool Same(object? left, object? right) =>
        left is null && right is null || left is bool a && right is bool b && a == b || left is not null && ReferenceEquals(left, right);
}
