using System.Globalization;

namespace Attune.Models.ChatTemplates;

/// <summary>Reads expressions, by Jinja's order of operators.</summary>
internal sealed class JinjaExpressionParser(JinjaTokenReader reader)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>An expression, with "a if b else c" where allowed.</summary>
    public JinjaExpression Expression(bool allowConditional = true)
    {
        reader.Enter();
        var result = allowConditional ? Conditional() : Or();
        reader.Leave();
        return result;
    }

    /// <summary>One expression, or several with commas as a tuple.</summary>
    public JinjaExpression Tuple(bool allowConditional = true)
    {
        var line = reader.Line;
        var first = Expression(allowConditional);
        if (!reader.IsOperator(","))
            return first;
        var items = new List<JinjaExpression> { first };
        while (reader.TakeOperator(","))
        {
            if (EndsTuple())
                break;
            items.Add(Expression(allowConditional));
        }
        return new JinjaListLiteral(items, IsTuple: true, line);
    }

    /// <summary>What is assigned to: a name, an attribute of a namespace, or several with commas.</summary>
    public JinjaExpression Target(bool allowAttribute)
    {
        var line = reader.Line;
        var items = new List<JinjaExpression>();
        do
        {
            if (items.Count > 0 && (reader.IsName("in") || reader.IsOperator("=")))
                break;
            items.Add(OneTarget(allowAttribute));
        }
        while (reader.TakeOperator(","));
        return items.Count == 1 ? items[0] : new JinjaListLiteral(items, IsTuple: true, line);
    }

    public JinjaFilter Filter(JinjaExpression? value)
    {
        var line = reader.Line;
        var name = reader.ExpectName();
        while (reader.TakeOperator("."))
            name += "." + reader.ExpectName();
        return new JinjaFilter(value, name, reader.IsOperator("(") ? Arguments() : JinjaArguments.None, line);
    }

    public JinjaArguments Arguments()
    {
        reader.ExpectOperator("(");
        var positional = new List<JinjaExpression>();
        var named = new List<(string, JinjaExpression)>();
        while (!reader.IsOperator(")"))
        {
            if (positional.Count + named.Count > 0)
                reader.ExpectOperator(",");
            if (reader.IsOperator(")"))
                break;
            if (reader.Is(JinjaTokenKind.Name) && reader.Following is { Kind: JinjaTokenKind.Operator, Text: "=" })
            {
                var name = reader.Take().Text;
                reader.Take();
                named.Add((name, Expression()));
            }
            else
            {
                positional.Add(Expression());
            }
        }
        reader.ExpectOperator(")");
        return new JinjaArguments(positional, named);
    }

    private JinjaExpression OneTarget(bool allowAttribute)
    {
        var line = reader.Line;
        if (reader.TakeOperator("("))
        {
            var inner = Target(allowAttribute);
            reader.ExpectOperator(")");
            return inner;
        }
        var name = reader.ExpectName();
        if (name is "true" or "false" or "none" or "True" or "False" or "None")
            throw reader.Expected("a name that can be assigned to");
        JinjaExpression target = new JinjaName(name, line);
        return allowAttribute && reader.TakeOperator(".") ? new JinjaAttribute(target, reader.ExpectName(), line) : target;
    }

    private bool EndsTuple() => reader.Current.Kind is JinjaTokenKind.VariableEnd or JinjaTokenKind.BlockEnd
        || reader.IsOperator(")") || reader.IsOperator("]") || reader.IsName("in");

    private JinjaExpression Conditional()
    {
        var result = Or();
        while (reader.IsName("if"))
        {
            var line = reader.Take().Line;
            var test = Or();
            var otherwise = reader.TakeName("else") ? Expression() : null;
            result = new JinjaConditional(test, result, otherwise, line);
        }
        return result;
    }

    private JinjaExpression Or() => LeftToRight(["or"], And, reader.IsName);

    private JinjaExpression And() => LeftToRight(["and"], Not, reader.IsName);

    private JinjaExpression Not()
    {
        if (!reader.IsName("not"))
            return Comparison();
        reader.Enter();
        var line = reader.Take().Line;
        var result = new JinjaUnary("not", Not(), line);
        reader.Leave();
        return result;
    }

    private JinjaExpression Comparison()
    {
        var line = reader.Line;
        var first = Sum();
        var rest = new List<(string, JinjaExpression)>();
        while (true)
        {
            if (Comparisons.FirstOrDefault(reader.IsOperator) is { } comparison)
            {
                reader.Take();
                rest.Add((comparison, Sum()));
            }
            else if (reader.TakeName("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (reader.IsName("not") && reader.Following is { Kind: JinjaTokenKind.Name, Text: "in" })
            {
                reader.Take();
                reader.Take();
                rest.Add(("not in", Sum()));
            }
            else
            {
                return rest.Count == 0 ? first : new JinjaComparison(first, rest, line);
            }
        }
    }

    private JinjaExpression Sum() => LeftToRight(["+", "-"], Concatenation, reader.IsOperator);

    private JinjaExpression Concatenation() => LeftToRight(["~"], Product, reader.IsOperator);

    private JinjaExpression Product() => LeftToRight(["*", "/", "//", "%"], Power, reader.IsOperator);

    private JinjaExpression Power() => LeftToRight(["**"], () => Unary(withFilter: true), reader.IsOperator);

    private JinjaExpression LeftToRight(string[] operators, Func<JinjaExpression> operand, Func<string, bool> isNext)
    {
        var result = operand();
        while (operators.FirstOrDefault(isNext) is { } found)
        {
            var line = reader.Take().Line;
            result = new JinjaBinary(found, result, operand(), line);
        }
        return result;
    }

    private JinjaExpression Unary(bool withFilter)
    {
        var line = reader.Line;
        JinjaExpression result;
        if (reader.IsOperator("-") || reader.IsOperator("+"))
        {
            reader.Enter();
            result = new JinjaUnary(reader.Take().Text, Unary(withFilter: false), line);
            reader.Leave();
        }
        else
        {
            result = Primary();
        }
        result = Postfix(result);
        return withFilter ? FiltersAndTests(result) : result;
    }

    private JinjaExpression Postfix(JinjaExpression target)
    {
        while (true)
        {
            var line = reader.Line;
            if (reader.TakeOperator("."))
                target = reader.Is(JinjaTokenKind.Integer)
                    ? new JinjaSubscript(target, Integer(reader.Take()), line)
                    : new JinjaAttribute(target, reader.ExpectName(), line);
            else if (reader.TakeOperator("["))
                target = new JinjaSubscript(target, Subscript(), line);
            else if (reader.IsOperator("("))
                target = new JinjaCall(target, Arguments(), line);
            else
                return target;
        }
    }

    private JinjaExpression Subscript()
    {
        var line = reader.Line;
        var start = reader.IsOperator(":") ? null : Tuple();
        if (reader.TakeOperator("]"))
            return start ?? throw reader.Expected("an index");
        reader.ExpectOperator(":");
        var stop = reader.IsOperator(":") || reader.IsOperator("]") ? null : Expression();
        var step = reader.TakeOperator(":") && !reader.IsOperator("]") ? Expression() : null;
        reader.ExpectOperator("]");
        return new JinjaSlice(start, stop, step, line);
    }

    private JinjaExpression FiltersAndTests(JinjaExpression value)
    {
        while (true)
        {
            if (reader.TakeOperator("|"))
                value = Filter(value);
            else if (reader.IsName("is"))
                value = Test(value);
            else if (reader.IsOperator("("))
                value = new JinjaCall(value, Arguments(), reader.Line);
            else
                return value;
        }
    }

    private JinjaTest Test(JinjaExpression value)
    {
        var line = reader.Take().Line;
        var negated = reader.TakeName("not");
        var name = reader.ExpectName();
        var arguments = JinjaArguments.None;
        if (reader.IsOperator("("))
            arguments = Arguments();
        else if (StartsTestArgument())
            arguments = new JinjaArguments([Postfix(Primary())], []);
        return new JinjaTest(value, name, arguments, negated, line);
    }

    private bool StartsTestArgument() => reader.Current.Kind switch
    {
        JinjaTokenKind.Text or JinjaTokenKind.Integer or JinjaTokenKind.Float => true,
        JinjaTokenKind.Name => reader.Current.Text is not ("else" or "or" or "and" or "is" or "if" or "not" or "in"),
        JinjaTokenKind.Operator => reader.Current.Text is "[" or "{",
        _ => false,
    };

    private JinjaExpression Primary()
    {
        var token = reader.Current;
        switch (token.Kind)
        {
            case JinjaTokenKind.Name:
                reader.Take();
                return Named(token);
            case JinjaTokenKind.Text:
                var text = "";
                while (reader.Is(JinjaTokenKind.Text))
                    text += reader.Take().Text;
                return new JinjaConstant(text, token.Line);
            case JinjaTokenKind.Integer:
                return Integer(reader.Take());
            case JinjaTokenKind.Float:
                return new JinjaConstant(double.Parse(reader.Take().Text, CultureInfo.InvariantCulture), token.Line);
            case JinjaTokenKind.Operator when token.Text == "(":
                return Parenthesis();
            case JinjaTokenKind.Operator when token.Text == "[":
                return List();
            case JinjaTokenKind.Operator when token.Text == "{":
                return Dictionary();
            default:
                throw reader.Expected("an expression");
        }
    }

    private static JinjaExpression Named(JinjaToken token) => token.Text switch
    {
        "true" or "True" => new JinjaConstant(true, token.Line),
        "false" or "False" => new JinjaConstant(false, token.Line),
        "none" or "None" => new JinjaConstant(null, token.Line),
        _ => new JinjaName(token.Text, token.Line),
    };

    private JinjaConstant Integer(JinjaToken token) => long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? new JinjaConstant(value, token.Line)
        : throw new ChatTemplateException($"Line {token.Line} of the chat template has the number {token.Text}, which does not fit into 64 bits; mend the template.");

    private JinjaExpression Parenthesis()
    {
        var line = reader.Take().Line;
        if (reader.TakeOperator(")"))
            return new JinjaListLiteral([], IsTuple: true, line);
        var result = Tuple();
        reader.ExpectOperator(")");
        return result;
    }

    private JinjaListLiteral List()
    {
        var line = reader.Take().Line;
        var items = new List<JinjaExpression>();
        while (!reader.IsOperator("]"))
        {
            if (items.Count > 0)
                reader.ExpectOperator(",");
            if (!reader.IsOperator("]"))
                items.Add(Expression());
        }
        reader.Take();
        return new JinjaListLiteral(items, IsTuple: false, line);
    }

    private JinjaDictionaryLiteral Dictionary()
    {
        var line = reader.Take().Line;
        var items = new List<(JinjaExpression, JinjaExpression)>();
        while (!reader.IsOperator("}"))
        {
            if (items.Count > 0)
                reader.ExpectOperator(",");
            if (reader.IsOperator("}"))
                break;
            var key = Expression();
            reader.ExpectOperator(":");
            items.Add((key, Expression()));
        }
        reader.Take();
        return new JinjaDictionaryLiteral(items, line);
    }
}
