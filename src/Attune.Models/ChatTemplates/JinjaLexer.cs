namespace Attune.Models.ChatTemplates;

internal enum JinjaTokenKind
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Text,
    Integer,
    Float,
    Operator,
    End,
}

internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line);

/// <summary>
/// Cuts a template into tokens. Line ends become \n and one at the very end is dropped; a block tag alone on its line takes the blanks
/// before it and the line end after it (lstrip_blocks, trim_blocks); a minus in a tag takes all white space on its side.
/// </summary>
internal sealed class JinjaLexer
{
    private const int LongestTemplate = 4_000_000;

    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", ">", "<", "=", ".", ",", ":", "|", "(", ")", "[", "]", "{", "}"];

    private readonly string _source;
    private readonly List<JinjaToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _atLineStart = true;

    private JinjaLexer(string source) => _source = source;

    public static List<JinjaToken> Read(string source)
    {
        if (source.Length > LongestTemplate)
            throw new ChatTemplateException($"The chat template has {source.Length} characters, but at most {LongestTemplate} are allowed.");
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new JinjaLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_at < _source.Length)
        {
            var tag = NextTag(_at);
            var text = _source[_at..(tag < 0 ? _source.Length : tag)];
            if (tag < 0)
            {
                AddData(text);
                break;
            }
            ReadTag(text, tag);
        }
        Add(JinjaTokenKind.End, "");
    }

    private int NextTag(int from)
    {
        for (var at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
            if (_source[at + 1] is '{' or '%' or '#')
                return at;
        return -1;
    }

    private void ReadTag(string text, int tag)
    {
        var kind = _source[tag + 1];
        var sign = tag + 2 < _source.Length ? _source[tag + 2] : ' ';
        AddData(sign == '-' ? text.TrimEnd() : sign != '+' && kind != '{' ? WithoutIndent(text) : text);
        Move(tag + (sign is '-' or '+' ? 3 : 2));
        switch (kind)
        {
            case '#': ReadComment(); break;
            case '%' when TryRaw(): break;
            case '%': ReadInside(JinjaTokenKind.BlockBegin, JinjaTokenKind.BlockEnd, "%}"); break;
            default: ReadInside(JinjaTokenKind.VariableBegin, JinjaTokenKind.VariableEnd, "}}"); break;
        }
    }

    private string WithoutIndent(string text)
    {
        var start = text.LastIndexOf('\n') + 1;
        return (start > 0 || _atLineStart) && string.IsNullOrWhiteSpace(text[start..]) ? text[..start] : text;
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
            Add(JinjaTokenKind.Data, text);
    }

    private void Add(JinjaTokenKind kind, string text) => _tokens.Add(new JinjaToken(kind, text, _line));

    private void ReadComment()
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
            throw Error("a comment '{#' without its '#}'");
        var sign = end > _at ? _source[end - 1] : ' ';
        Move(end + 2);
        EndTag(sign, isBlock: true);
    }

    // {% raw %} … {% endraw %}: what stands between is text.
    private bool TryRaw()
    {
        var match = JinjaRawBlocks.Begin(_source, _at);
        if (match is not { } begin)
            return false;
        Move(begin.End);
        EndTag(begin.Sign, isBlock: true);
        if (JinjaRawBlocks.End(_source, _at) is not { } end)
            throw Error("a 'raw' block without its 'endraw'");
        var text = _source[_at..end.Start];
        AddData(end.OpenSign == '-' ? text.TrimEnd() : end.OpenSign == '+' ? text : WithoutIndent(text));
        Move(end.End);
        EndTag(end.Sign, isBlock: true);
        return true;
    }

    private void Move(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    private void EndTag(char sign, bool isBlock)
    {
        var from = _at;
        if (sign == '-')
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
                _at++;
        else if (sign != '+' && isBlock && _at < _source.Length && _source[_at] == '\n')
            _at++;
        _atLineStart = _at > from && _source[_at - 1] == '\n';
        _line += _source.AsSpan(from, _at - from).Count('\n');
    }

    private void ReadInside(JinjaTokenKind begin, JinjaTokenKind end, string close)
    {
        Add(begin, "");
        var open = 0;
        while (true)
        {
            SkipBlanks();
            if (_at >= _source.Length)
                throw Error($"a tag without its '{close}'");
            if (open == 0 && TryClose(end, close))
                return;
            var c = _source[_at];
            if (c is '\'' or '"')
                ReadText(c);
            else if (char.IsAsciiDigit(c))
                ReadNumber();
            else if (char.IsLetter(c) || c == '_')
                ReadName();
            else
                open += ReadOperator();
            if (open < 0)
                throw Error("a closing bracket without its opening one");
        }
    }

    private bool TryClose(JinjaTokenKind end, string close)
    {
        var sign = _source[_at] is '-' or '+' ? _source[_at] : ' ';
        var at = sign == ' ' ? _at : _at + 1;
        // A plus before }} is an operator.
        if (sign == '+' && close == "}}" || !_source.AsSpan(at).StartsWith(close, StringComparison.Ordinal))
            return false;
        Add(end, "");
        _at = at + 2;
        EndTag(sign, isBlock: close == "%}");
        return true;
    }

    private void SkipBlanks()
    {
        for (; _at < _source.Length && char.IsWhiteSpace(_source[_at]); _at++)
            if (_source[_at] == '\n')
                _line++;
    }

    private void ReadName()
    {
        var start = _at;
        while (_at < _source.Length && (char.IsLetterOrDigit(_source[_at]) || _source[_at] == '_'))
            _at++;
        Add(JinjaTokenKind.Name, _source[start.._at]);
    }

    private void ReadNumber()
    {
        var start = _at;
        Digits();
        var isFloat = false;
        if (_at + 1 < _source.Length && _source[_at] == '.' && char.IsAsciiDigit(_source[_at + 1]))
        {
            isFloat = true;
            _at++;
            Digits();
        }
        var exponent = _at + 1 < _source.Length && _source[_at] is 'e' or 'E' ? _at + 1 : -1;
        if (exponent > 0 && _source[exponent] is '+' or '-')
            exponent++;
        if (exponent > 0 && exponent < _source.Length && char.IsAsciiDigit(_source[exponent]))
        {
            isFloat = true;
            _at = exponent;
            Digits();
        }
        Add(isFloat ? JinjaTokenKind.Float : JinjaTokenKind.Integer, _source[start.._at].Replace("_", "", StringComparison.Ordinal));
    }

    private void Digits()
    {
        while (_at < _source.Length && (char.IsAsciiDigit(_source[_at]) || _source[_at] == '_'))
            _at++;
    }

    private int ReadOperator()
    {
        var found = Operators.FirstOrDefault(o => _source.AsSpan(_at).StartsWith(o, StringComparison.Ordinal))
            ?? throw Error($"the character '{_source[_at]}', which means nothing in a tag");
        Add(JinjaTokenKind.Operator, found);
        _at += found.Length;
        return found is "(" or "[" or "{" ? 1 : found is ")" or "]" or "}" ? -1 : 0;
    }

    private void ReadText(char quote)
    {
        var line = _line;
        var start = ++_at;
        while (_at < _source.Length && _source[_at] != quote)
            _at += _source[_at] == '\\' ? 2 : 1;
        if (_at >= _source.Length)
            throw Error("a text without its closing quote");
        var raw = _source[start.._at];
        _line += raw.Count(c => c == '\n');
        _tokens.Add(new JinjaToken(JinjaTokenKind.Text, JinjaEscapes.Decode(raw, line), line));
        _at++;
    }

    private ChatTemplateException Error(string found) => new($"Line {_line} of the chat template has {found}; mend the template.");
}
