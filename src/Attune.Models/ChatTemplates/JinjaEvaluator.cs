namespace Attune.Models.ChatTemplates;

/// <summary>Computes expressions.</summary>
internal sealed class JinjaEvaluator
{
    private readonly JinjaRun _run;
    private readonly JinjaOperators _operators;
    private readonly JinjaFilters _filters;
    private readonly JinjaTests _tests;
    private readonly JinjaMethods _methods;

    public JinjaEvaluator(JinjaRun run, JinjaPrinter printer, JinjaOperators operators)
    {
        _run = run;
        _operators = operators;
        _tests = new JinjaTests(operators);
        _methods = new JinjaMethods(run, printer, operators);
        _filters = new JinjaFilters(run, printer, operators, _tests, _methods);
    }

    public object? Evaluate(JinjaExpression expression, JinjaScope scope)
    {
        _run.Step();
        _run.Enter();
        var result = Compute(expression, scope);
        _run.Leave();
        return result;
    }

    public JinjaCallArguments Arguments(JinjaArguments arguments, JinjaScope scope)
    {
        if (arguments.Positional.Count + arguments.Named.Count == 0)
            return JinjaCallArguments.None;
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments.Named)
            named[name] = Evaluate(value, scope);
        return new JinjaCallArguments([.. arguments.Positional.Select(p => Evaluate(p, scope))], named);
    }

    public object? Call(object? target, JinjaCallArguments arguments) => target switch
    {
        JinjaFunction function => function.Call(arguments),
        JinjaLoop { Again: { } again } => again.Call(arguments),
        JinjaUndefined undefined => throw new JinjaError($"{undefined.What} is undefined, so it cannot be called"),
        _ => throw new JinjaError($"{JinjaValues.TypeName(target)} cannot be called"),
    };

    public object? ApplyFilter(JinjaFilter filter, object? value, JinjaScope scope) =>
        _filters.Apply(filter.Name, value, Arguments(filter.Arguments, scope));

    private object? Compute(JinjaExpression expression, JinjaScope scope) => expression switch
    {
        JinjaConstant constant => constant.Value,
        JinjaName name => scope.Get(name.Name),
        JinjaListLiteral list => new JinjaList([.. list.Items.Select(i => Evaluate(i, scope))], list.IsTuple),
        JinjaDictionaryLiteral dictionary => Dictionary(dictionary, scope),
        JinjaAttribute attribute => _methods.Attribute(Evaluate(attribute.Target, scope), attribute.Name),
        JinjaSubscript { Key: JinjaSlice slice } subscript => Slice(Evaluate(subscript.Target, scope), slice, scope),
        JinjaSubscript subscript => _methods.Item(Evaluate(subscript.Target, scope), Evaluate(subscript.Key, scope)),
        JinjaCall call => Call(Evaluate(call.Target, scope), Arguments(call.Arguments, scope)),
        JinjaFilter filter => ApplyFilter(filter, Evaluate(filter.Value!, scope), scope),
        JinjaTest test => _tests.Apply(test.Name, Evaluate(test.Value, scope), Arguments(test.Arguments, scope)) != test.Negated,
        JinjaUnary { Operator: "not" } not => !JinjaValues.IsTrue(Evaluate(not.Operand, scope)),
        JinjaUnary { Operator: "-" } minus => _operators.Negate(Evaluate(minus.Operand, scope)),
        JinjaUnary plus => JinjaOperators.Plus(Evaluate(plus.Operand, scope)),
        JinjaBinary { Operator: "and" } and => Evaluate(and.Left, scope) is var left && JinjaValues.IsTrue(left) ? Evaluate(and.Right, scope) : left,
        JinjaBinary { Operator: "or" } or => Evaluate(or.Left, scope) is var left && JinjaValues.IsTrue(left) ? left : Evaluate(or.Right, scope),
        JinjaBinary binary => _operators.Apply(binary.Operator, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope)),
        JinjaComparison comparison => Compare(comparison, scope),
        JinjaConditional conditional => Conditional(conditional, scope),
        _ => throw new JinjaError("a slice stands where no slice can"),
    };

    private JinjaDictionary Dictionary(JinjaDictionaryLiteral literal, JinjaScope scope)
    {
        var result = new JinjaDictionary();
        foreach (var (key, value) in literal.Items)
            result.Set(Evaluate(key, scope), Evaluate(value, scope));
        return result;
    }

    private object? Conditional(JinjaConditional conditional, JinjaScope scope)
    {
        if (JinjaValues.IsTrue(Evaluate(conditional.Test, scope)))
            return Evaluate(conditional.Then, scope);
        return conditional.Otherwise is { } otherwise ? Evaluate(otherwise, scope) : new JinjaUndefined("an 'if' without 'else' whose test failed");
    }

    private bool Compare(JinjaComparison comparison, JinjaScope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (name, operand) in comparison.Rest)
        {
            var right = Evaluate(operand, scope);
            if (!Holds(name, left, right))
                return false;
            left = right;
        }
        return true;
    }

    private bool Holds(string name, object? left, object? right) => name switch
    {
        "==" => JinjaComparer.AreEqual(left, right),
        "!=" => !JinjaComparer.AreEqual(left, right),
        "in" => _operators.Contains(right, left),
        "not in" => !_operators.Contains(right, left),
        "<" => JinjaComparer.Compare(left, right) < 0,
        "<=" => JinjaComparer.Compare(left, right) <= 0,
        ">" => JinjaComparer.Compare(left, right) > 0,
        _ => JinjaComparer.Compare(left, right) >= 0,
    };

    private object? Slice(object? target, JinjaSlice slice, JinjaScope scope)
    {
        var (start, stop, step) = (Bound(slice.Start, scope), Bound(slice.Stop, scope), Bound(slice.Step, scope) ?? 1);
        return target switch
        {
            JinjaList list => new JinjaList(JinjaSlices.Take(list.Items, start, stop, step), list.IsTuple),
            JinjaRange range => new JinjaList(JinjaSlices.Take([.. range.Items], start, stop, step)),
            string or JinjaMarkup => SliceText(JinjaValues.Text(target)!, start, stop, step),
            JinjaUndefined undefined => throw new JinjaError($"{undefined.What} is undefined, so no part of it can be taken"),
            _ => throw new JinjaError($"no part can be taken of {JinjaValues.TypeName(target)}"),
        };
    }

    private string SliceText(string text, long? start, long? stop, long step)
    {
        _run.Step(text.Length);
        return string.Concat(JinjaSlices.Take(JinjaText.Characters(text), start, stop, step));
    }

    private long? Bound(JinjaExpression? expression, JinjaScope scope) => expression is null ? null : Evaluate(expression, scope) switch
    {
        null => null,
        long l => l,
        bool b => b ? 1 : 0,
        var other => throw new JinjaError($"{JinjaValues.TypeName(other)} cannot bound a slice"),
    };
}
