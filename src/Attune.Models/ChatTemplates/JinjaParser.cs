namespace Attune.Models.ChatTemplates;

/// <summary>Reads the statements of a template.</summary>
internal sealed class JinjaParser
{
    private readonly JinjaTokenReader _reader;
    private readonly JinjaExpressionParser _expressions;

    private JinjaParser(List<JinjaToken> tokens)
    {
        _reader = new JinjaTokenReader(tokens);
        _expressions = new JinjaExpressionParser(_reader);
    }

    public static IReadOnlyList<JinjaStatement> Parse(List<JinjaToken> tokens)
    {
        var parser = new JinjaParser(tokens);
        var result = parser.Body();
        if (!parser._reader.Is(JinjaTokenKind.End))
            throw parser._reader.Expected("a tag that begins something");
        return result;
    }

    // Reads until the end, or until one of these tags, whose name is then the next token.
    private List<JinjaStatement> Body(params string[] ends)
    {
        _reader.Enter();
        var result = new List<JinjaStatement>();
        while (!_reader.Is(JinjaTokenKind.End))
        {
            var token = _reader.Take();
            if (token.Kind == JinjaTokenKind.Data)
            {
                result.Add(new JinjaData(token.Text, token.Line));
            }
            else if (token.Kind == JinjaTokenKind.VariableBegin)
            {
                result.Add(new JinjaOutput(_expressions.Tuple(), token.Line));
                _reader.Expect(JinjaTokenKind.VariableEnd, "'}}'");
            }
            else
            {
                if (_reader.Is(JinjaTokenKind.Name) && ends.Contains(_reader.Current.Text, StringComparer.Ordinal))
                {
                    _reader.Leave();
                    return result;
                }
                result.AddRange(Statement());
            }
        }
        if (ends.Length > 0)
            throw _reader.Expected($"'{ends[^1]}'");
        _reader.Leave();
        return result;
    }

    private IReadOnlyList<JinjaStatement> Statement()
    {
        var line = _reader.Line;
        var name = _reader.ExpectName();
        switch (name)
        {
            case "if": return [If(line)];
            case "for": return [For(line)];
            case "set": return [Set(line)];
            case "macro": return [new JinjaMacro(Signature(_reader.ExpectName(), _reader.IsOperator("("), "endmacro"), line)];
            case "call": return [CallBlock(line)];
            case "filter": return [FilterBlock(line)];
            case "with": return [With(line)];
            case "break" or "continue":
                End();
                return [new JinjaJump(name == "break", line)];
            case "generation":
                End();
                return BodyUntil("endgeneration");
            default:
                throw new ChatTemplateException(
                    $"Line {line} of the chat template has the tag '{name}', which is not known here (known: if, for, set, macro, call, filter, with, break, continue, generation, raw); use another template.");
        }
    }

    private void End() => _reader.Expect(JinjaTokenKind.BlockEnd, "'%}'");

    private List<JinjaStatement> BodyUntil(string end)
    {
        var body = Body(end);
        _reader.Take();
        End();
        return body;
    }

    private JinjaIf If(int line)
    {
        var branches = new List<(JinjaExpression, IReadOnlyList<JinjaStatement>)>();
        IReadOnlyList<JinjaStatement> otherwise = [];
        while (true)
        {
            var test = _expressions.Tuple();
            End();
            branches.Add((test, Body("elif", "else", "endif")));
            var next = _reader.Take().Text;
            if (next == "elif")
                continue;
            End();
            if (next == "else")
                otherwise = BodyUntil("endif");
            return new JinjaIf(branches, otherwise, line);
        }
    }

    private JinjaFor For(int line)
    {
        var target = _expressions.Target(allowAttribute: false);
        if (!_reader.TakeName("in"))
            throw _reader.Expected("'in'");
        var items = _expressions.Tuple(allowConditional: false);
        var condition = _reader.TakeName("if") ? _expressions.Expression() : null;
        var recursive = _reader.TakeName("recursive");
        End();
        var body = Body("else", "endfor");
        IReadOnlyList<JinjaStatement> otherwise = [];
        var next = _reader.Take().Text;
        End();
        if (next == "else")
            otherwise = BodyUntil("endfor");
        return new JinjaFor(target, items, condition, recursive, body, otherwise, line);
    }

    private JinjaStatement Set(int line)
    {
        var target = _expressions.Target(allowAttribute: true);
        if (_reader.TakeOperator("="))
        {
            var value = _expressions.Tuple();
            End();
            return new JinjaSet(target, value, line);
        }
        var filters = _reader.TakeOperator("|") ? Filters() : [];
        End();
        return new JinjaSetBlock(target, filters, BodyUntil("endset"), line);
    }

    private List<JinjaFilter> Filters()
    {
        var filters = new List<JinjaFilter> { _expressions.Filter(null) };
        while (_reader.TakeOperator("|"))
            filters.Add(_expressions.Filter(null));
        return filters;
    }

    private JinjaFilterBlock FilterBlock(int line)
    {
        var filters = Filters();
        End();
        return new JinjaFilterBlock(filters, BodyUntil("endfilter"), line);
    }

    private JinjaCallBlock CallBlock(int line)
    {
        var parameters = _reader.IsOperator("(") ? Parameters() : [];
        var call = _expressions.Expression();
        if (call is not JinjaCall)
            throw _reader.Expected("a call before this");
        End();
        return new JinjaCallBlock(new JinjaSignature("caller", parameters, BodyUntil("endcall")), call, line);
    }

    private JinjaSignature Signature(string name, bool hasParameters, string end)
    {
        var parameters = hasParameters ? Parameters() : throw _reader.Expected("'('");
        End();
        return new JinjaSignature(name, parameters, BodyUntil(end));
    }

    private List<(string, JinjaExpression?)> Parameters()
    {
        _reader.ExpectOperator("(");
        var result = new List<(string, JinjaExpression?)>();
        while (!_reader.IsOperator(")"))
        {
            if (result.Count > 0)
                _reader.ExpectOperator(",");
            var name = _reader.ExpectName();
            result.Add((name, _reader.TakeOperator("=") ? _expressions.Expression() : null));
        }
        _reader.Take();
        return result;
    }

    private JinjaWith With(int line)
    {
        var values = new List<(JinjaExpression, JinjaExpression)>();
        while (!_reader.Is(JinjaTokenKind.BlockEnd))
        {
            if (values.Count > 0)
                _reader.ExpectOperator(",");
            var target = _expressions.Target(allowAttribute: false);
            _reader.ExpectOperator("=");
            values.Add((target, _expressions.Expression()));
        }
        End();
        return new JinjaWith(values, BodyUntil("endwith"), line);
    }
}
