namespace Attune.Models.ChatTemplates;

/// <summary>Walks through tokens, with errors that name the line, what was found and what was expected.</summary>
internal sealed class JinjaTokenReader(List<JinjaToken> tokens)
{
    private const int MaximumDepth = 200;

    private int _at;
    private int _depth;

    public JinjaToken Current => tokens[_at];
    public JinjaToken Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];
    public int Line => Current.Line;

    public JinjaToken Take()
    {
        var token = tokens[_at];
        if (_at + 1 < tokens.Count)
            _at++;
        return token;
    }

    public bool Is(JinjaTokenKind kind) => Current.Kind == kind;

    public bool IsOperator(string text) => Current.Kind == JinjaTokenKind.Operator && Current.Text == text;

    public bool IsName(string text) => Current.Kind == JinjaTokenKind.Name && Current.Text == text;

    public bool TakeOperator(string text) => IsOperator(text) && Take() is { };

    public bool TakeName(string text) => IsName(text) && Take() is { };

    public void ExpectOperator(string text)
    {
        if (!TakeOperator(text))
            throw Expected($"'{text}'");
    }

    public string ExpectName() => Is(JinjaTokenKind.Name) ? Take().Text : throw Expected("a name");

    public void Expect(JinjaTokenKind kind, string what)
    {
        if (!Is(kind))
            throw Expected(what);
        Take();
    }

    /// <summary>Guards against nesting that would use up the stack.</summary>
    public void Enter()
    {
        if (++_depth > MaximumDepth)
            throw new ChatTemplateException($"Line {Line} of the chat template nests more than {MaximumDepth} deep; use another template.");
    }

    public void Leave() => _depth--;

    public ChatTemplateException Expected(string what) =>
        new($"Line {Line} of the chat template has {Found()}, but {what} was expected; mend the template.");

    private string Found() => Current.Kind switch
    {
        JinjaTokenKind.End => "its end",
        JinjaTokenKind.BlockEnd => "the end of a tag",
        JinjaTokenKind.VariableEnd => "the end of a tag",
        JinjaTokenKind.Data => "text",
        JinjaTokenKind.BlockBegin => "a tag",
        JinjaTokenKind.VariableBegin => "an output",
        _ => $"'{Current.Text}'",
    };
}
