using System.Globalization;
using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>The filter tojson as transformers defines it: Python's json.dumps, without escapes for HTML or beyond ASCII.</summary>
internal sealed class JinjaJson(JinjaRun run, string? indent, string itemSeparator, string keySeparator, bool sortKeys, bool ensureAscii)
{
    private readonly StringBuilder _builder = new();

    public static string Write(JinjaRun run, object? value, JinjaCallArguments arguments)
    {
        // transformers' order: tojson(x, ensure_ascii, indent, separators, sort_keys).
        var indent = arguments.Get(1, "indent") switch
        {
            null => null,
            bool b => b ? " " : "",
            long l => new string(' ', (int)Math.Clamp(l, 0, 64)),
            var other => JinjaValues.Text(other) ?? throw new JinjaError($"the argument 'indent' is {JinjaValues.TypeName(other)}, but a number was expected"),
        };
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (arguments.Get(2, "separators") is JinjaList { Items: [var first, var second] })
            (item, key) = (JinjaValues.Text(first) ?? item, JinjaValues.Text(second) ?? key);
        var writer = new JinjaJson(run, indent, item, key, arguments.Flag(3, "sort_keys", false), arguments.Flag(0, "ensure_ascii", false));
        writer.Append(value, 0);
        return writer._builder.ToString();
    }

    private void Append(object? value, int level)
    {
        run.Enter();
        run.Step();
        run.Make(_builder.Length);
        switch (value)
        {
            case null: _builder.Append("null"); break;
            case bool b: _builder.Append(b ? "true" : "false"); break;
            case long l: _builder.Append(l.ToString(CultureInfo.InvariantCulture)); break;
            case double d: _builder.Append(double.IsFinite(d) ? JinjaPrinter.Number(d) : double.IsNaN(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity"); break;
            case JinjaList list: AppendItems('[', ']', list.Items, level, i => Append(i, level + 1)); break;
            case JinjaDictionary dictionary: AppendDictionary(dictionary, level); break;
            default: AppendText(JinjaValues.Text(value) ?? throw new JinjaError($"{JinjaValues.TypeName(value)} cannot be written as JSON")); break;
        }
        run.Leave();
    }

    private void AppendDictionary(JinjaDictionary dictionary, int level)
    {
        var items = sortKeys ? dictionary.Items.OrderBy(i => i.Key, Comparer<object?>.Create(JinjaComparer.Compare)).ToList() : dictionary.Items;
        AppendItems('{', '}', items, level, i =>
        {
            AppendText(Key(i.Key));
            _builder.Append(keySeparator);
            Append(i.Value, level + 1);
        });
    }

    private static string Key(object? key) => key switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        long l => l.ToString(CultureInfo.InvariantCulture),
        double d => JinjaPrinter.Number(d),
        _ => JinjaValues.Text(key) ?? throw new JinjaError($"{JinjaValues.TypeName(key)} cannot be a key in JSON"),
    };

    private void AppendItems<T>(char open, char close, IReadOnlyList<T> items, int level, Action<T> append)
    {
        _builder.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                _builder.Append(itemSeparator);
            Break(level + 1);
            append(items[i]);
        }
        if (items.Count > 0)
            Break(level);
        _builder.Append(close);
    }

    private void Break(int level)
    {
        if (indent is null)
            return;
        _builder.Append('\n');
        for (var i = 0; i < level; i++)
            _builder.Append(indent);
    }

    private void AppendText(string text)
    {
        run.Make(_builder.Length + text.Length);
        _builder.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => _builder.Append("\\\""),
                '\\' => _builder.Append("\\\\"),
                '\n' => _builder.Append("\\n"),
                '\r' => _builder.Append("\\r"),
                '\t' => _builder.Append("\\t"),
                '\b' => _builder.Append("\\b"),
                '\f' => _builder.Append("\\f"),
                < ' ' => _builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                > '~' when ensureAscii => _builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _builder.Append(c),
            };
        }
        _builder.Append('"');
    }
}
