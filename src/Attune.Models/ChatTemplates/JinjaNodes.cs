namespace Attune.Models.ChatTemplates;

/// <summary>Expressions of a template.</summary>
internal abstract record JinjaExpression(int Line);

internal sealed record JinjaConstant(object? Value, int Line) : JinjaExpression(Line);
internal sealed record JinjaName(string Name, int Line) : JinjaExpression(Line);
internal sealed record JinjaListLiteral(IReadOnlyList<JinjaExpression> Items, bool IsTuple, int Line) : JinjaExpression(Line);
internal sealed record JinjaDictionaryLiteral(IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> Items, int Line) : JinjaExpression(Line);
internal sealed record JinjaAttribute(JinjaExpression Target, string Name, int Line) : JinjaExpression(Line);
internal sealed record JinjaSubscript(JinjaExpression Target, JinjaExpression Key, int Line) : JinjaExpression(Line);
internal sealed record JinjaSlice(JinjaExpression? Start, JinjaExpression? Stop, JinjaExpression? Step, int Line) : JinjaExpression(Line);
internal sealed record JinjaCall(JinjaExpression Target, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

/// <summary>value | name(arguments); Value is null inside {% filter %}, where the block is the value.</summary>
internal sealed record JinjaFilter(JinjaExpression? Value, string Name, JinjaArguments Arguments, int Line) : JinjaExpression(Line);
internal sealed record JinjaTest(JinjaExpression Value, string Name, JinjaArguments Arguments, bool Negated, int Line) : JinjaExpression(Line);
internal sealed record JinjaUnary(string Operator, JinjaExpression Operand, int Line) : JinjaExpression(Line);
internal sealed record JinjaBinary(string Operator, JinjaExpression Left, JinjaExpression Right, int Line) : JinjaExpression(Line);

/// <summary>a &lt; b &lt;= c: every neighbouring pair must hold.</summary>
internal sealed record JinjaComparison(JinjaExpression First, IReadOnlyList<(string Operator, JinjaExpression Operand)> Rest, int Line) : JinjaExpression(Line);
internal sealed record JinjaConditional(JinjaExpression Test, JinjaExpression Then, JinjaExpression? Otherwise, int Line) : JinjaExpression(Line);

internal sealed record JinjaArguments(
    IReadOnlyList<JinjaExpression> Positional, IReadOnlyList<(string Name, JinjaExpression Value)> Named)
{
    public static readonly JinjaArguments None = new([], []);
}

/// <summary>Statements of a template.</summary>
internal abstract record JinjaStatement(int Line);

internal sealed record JinjaData(string Text, int Line) : JinjaStatement(Line);
internal sealed record JinjaOutput(JinjaExpression Value, int Line) : JinjaStatement(Line);
internal sealed record JinjaIf(
    IReadOnlyList<(JinjaExpression Test, IReadOnlyList<JinjaStatement> Body)> Branches, IReadOnlyList<JinjaStatement> Otherwise, int Line) : JinjaStatement(Line);
internal sealed record JinjaFor(
    JinjaExpression Target, JinjaExpression Items, JinjaExpression? Condition, bool Recursive,
    IReadOnlyList<JinjaStatement> Body, IReadOnlyList<JinjaStatement> Otherwise, int Line) : JinjaStatement(Line);
internal sealed record JinjaSet(JinjaExpression Target, JinjaExpression Value, int Line) : JinjaStatement(Line);
internal sealed record JinjaSetBlock(
    JinjaExpression Target, IReadOnlyList<JinjaFilter> Filters, IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line);
internal sealed record JinjaMacro(JinjaSignature Signature, int Line) : JinjaStatement(Line);
internal sealed record JinjaCallBlock(JinjaSignature Caller, JinjaExpression Call, int Line) : JinjaStatement(Line);
internal sealed record JinjaFilterBlock(IReadOnlyList<JinjaFilter> Filters, IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line);
internal sealed record JinjaWith(
    IReadOnlyList<(JinjaExpression Target, JinjaExpression Value)> Values, IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line);
internal sealed record JinjaJump(bool IsBreak, int Line) : JinjaStatement(Line);

/// <summary>A macro's name, parameters with defaults, and body.</summary>
internal sealed record JinjaSignature(
    string Name, IReadOnlyList<(string Name, JinjaExpression? Default)> Parameters, IReadOnlyList<JinjaStatement> Body);
