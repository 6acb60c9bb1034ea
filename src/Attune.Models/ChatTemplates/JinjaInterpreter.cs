using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Runs the statements of a template.</summary>
internal sealed class JinjaInterpreter
{
    private readonly JinjaRun _run;
    private readonly JinjaEvaluator _evaluator;

    public JinjaInterpreter(JinjaRun run)
    {
        _run = run;
        Printer = new JinjaPrinter(run);
        Operators = new JinjaOperators(run, Printer);
        _evaluator = new JinjaEvaluator(run, Printer, Operators);
    }

    private JinjaPrinter Printer { get; }
    private JinjaOperators Operators { get; }

    private enum Flow
    {
        Normal,
        Break,
        Continue,
    }

    public string Render(IReadOnlyList<JinjaStatement> body, JinjaScope scope)
    {
        var output = new StringBuilder();
        Execute(body, scope, output);
        return output.ToString();
    }

    private Flow Execute(IReadOnlyList<JinjaStatement> body, JinjaScope scope, StringBuilder output)
    {
        _run.Enter();
        var flow = Flow.Normal;
        foreach (var statement in body)
        {
            _run.Step();
            try
            {
                flow = Execute(statement, scope, output);
            }
            catch (Exception e) when (e is JinjaError || e.InnerException is JinjaError)
            {
                // Sorting wraps what its comparison throws.
                var what = (e as JinjaError ?? e.InnerException!).Message;
                throw new ChatTemplateException($"Line {statement.Line} of the chat template fails on these messages: {what}; mend the messages or use another template.", inner: e);
            }
            if (flow != Flow.Normal)
                break;
        }
        _run.Leave();
        return flow;
    }

    private Flow Execute(JinjaStatement statement, JinjaScope scope, StringBuilder output)
    {
        switch (statement)
        {
            case JinjaData data: Write(output, data.Text); break;
            case JinjaOutput o: Write(output, Printer.Print(_evaluator.Evaluate(o.Value, scope))); break;
            case JinjaIf i: return ExecuteIf(i, scope, output);
            case JinjaFor f: ExecuteFor(f, scope, output); break;
            case JinjaSet set: Assign(set.Target, _evaluator.Evaluate(set.Value, scope), scope); break;
            case JinjaSetBlock block: Assign(block.Target, Captured(block.Filters, block.Body, scope), scope); break;
            case JinjaMacro macro: scope.Set(macro.Signature.Name, Macro(macro.Signature, scope)); break;
            case JinjaCallBlock call: ExecuteCall(call, scope, output); break;
            case JinjaFilterBlock filter: Write(output, Printer.Print(Captured(filter.Filters, filter.Body, scope))); break;
            case JinjaWith with: return ExecuteWith(with, scope, output);
            case JinjaJump jump: return jump.IsBreak ? Flow.Break : Flow.Continue;
        }
        return Flow.Normal;
    }

    private void Write(StringBuilder output, string text)
    {
        _run.Step(text.Length);
        output.Append(text);
        _run.CheckSize(output.Length);
    }

    private Flow ExecuteIf(JinjaIf statement, JinjaScope scope, StringBuilder output)
    {
        foreach (var (test, body) in statement.Branches)
            if (JinjaValues.IsTrue(_evaluator.Evaluate(test, scope)))
                return Execute(body, scope, output);
        return Execute(statement.Otherwise, scope, output);
    }

    private Flow ExecuteWith(JinjaWith statement, JinjaScope scope, StringBuilder output)
    {
        var inner = new JinjaScope(scope);
        foreach (var (target, value) in statement.Values)
            Assign(target, _evaluator.Evaluate(value, scope), inner);
        return Execute(statement.Body, inner, output);
    }

    private void ExecuteFor(JinjaFor statement, JinjaScope scope, StringBuilder output) =>
        Loop(statement, _evaluator.Evaluate(statement.Items, scope), scope, output, 0);

    private void Loop(JinjaFor statement, object? items, JinjaScope scope, StringBuilder output, int depth)
    {
        var all = Operators.Iterate(items);
        if (statement.Condition is { } condition)
            all = all.Where(item => Passes(statement.Target, item, condition, scope)).ToList();
        if (all.Count == 0)
        {
            Execute(statement.Otherwise, new JinjaScope(scope), output);
            return;
        }
        JinjaFunction? again = statement.Recursive ? new JinjaFunction("loop", arguments =>
        {
            var inner = new StringBuilder();
            Loop(statement, arguments.Required(0, "iterable"), scope, inner, depth + 1);
            return inner.ToString();
        }) : null;
        var loop = new JinjaLoop(all, depth, again);
        for (var i = 0; i < all.Count; i++)
        {
            _run.Step();
            loop.Index = i;
            var inner = new JinjaScope(scope);
            inner.Set("loop", loop);
            Assign(statement.Target, all[i], inner);
            if (Execute(statement.Body, inner, output) == Flow.Break)
                break;
        }
    }

    private bool Passes(JinjaExpression target, object? item, JinjaExpression condition, JinjaScope scope)
    {
        var inner = new JinjaScope(scope);
        Assign(target, item, inner);
        return JinjaValues.IsTrue(_evaluator.Evaluate(condition, inner));
    }

    private void Assign(JinjaExpression target, object? value, JinjaScope scope)
    {
        switch (target)
        {
            case JinjaName name:
                scope.Set(name.Name, value);
                break;
            case JinjaAttribute { Target: JinjaName owner } attribute:
                var ns = scope.Get(owner.Name) as JinjaNamespace ?? throw new JinjaError($"'{owner.Name}' is no namespace, so '{attribute.Name}' of it cannot be set");
                ns.Attributes[attribute.Name] = value;
                break;
            case JinjaListLiteral list:
                var items = Operators.Iterate(value);
                if (items.Count != list.Items.Count)
                    throw new JinjaError($"{items.Count} values cannot be given to {list.Items.Count} names");
                for (var i = 0; i < items.Count; i++)
                    Assign(list.Items[i], items[i], scope);
                break;
        }
    }

    private object? Captured(IReadOnlyList<JinjaFilter> filters, IReadOnlyList<JinjaStatement> body, JinjaScope scope)
    {
        var inner = new JinjaScope(scope);
        object? value = Render(body, inner);
        foreach (var filter in filters)
            value = _evaluator.ApplyFilter(filter, value, scope);
        return value;
    }

    private JinjaFunction Macro(JinjaSignature signature, JinjaScope definedIn) => new(signature.Name, arguments =>
    {
        if (arguments.Positional.Count > signature.Parameters.Count)
            throw new JinjaError($"the macro '{signature.Name}' takes {signature.Parameters.Count} values, but got {arguments.Positional.Count}");
        foreach (var name in arguments.Named.Keys)
            if (name != "caller" && !signature.Parameters.Any(p => p.Name == name))
                throw new JinjaError($"the macro '{signature.Name}' has no parameter '{name}'");
        var scope = new JinjaScope(definedIn);
        if (arguments.Named.TryGetValue("caller", out var caller))
            scope.Set("caller", caller);
        for (var i = 0; i < signature.Parameters.Count; i++)
        {
            var (name, fallback) = signature.Parameters[i];
            if (arguments.TryGet(i, name, out var value))
                scope.Set(name, value);
            else
                scope.Set(name, fallback is null ? new JinjaUndefined($"the parameter '{name}'") : _evaluator.Evaluate(fallback, scope));
        }
        return Render(signature.Body, scope);
    });

    private void ExecuteCall(JinjaCallBlock statement, JinjaScope scope, StringBuilder output)
    {
        var call = (JinjaCall)statement.Call;
        var arguments = _evaluator.Arguments(call.Arguments, scope);
        var named = new Dictionary<string, object?>(arguments.Named, StringComparer.Ordinal) { ["caller"] = Macro(statement.Caller, scope) };
        var result = _evaluator.Call(_evaluator.Evaluate(call.Target, scope), arguments with { Named = named });
        Write(output, Printer.Print(result));
    }
}
