using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Operators with Python's rules: no text plus number, // and % round down, a text times a number repeats.</summary>
internal sealed class JinjaOperators(JinjaRun run, JinjaPrinter printer)
{
    public object? Apply(string name, object? left, object? right)
    {
        try
        {
            return name switch
            {
                "+" => Add(left, right),
                "-" => Arithmetic("-", left, right, (a, b) => checked(a - b), (a, b) => a - b),
                "*" => Multiply(left, right),
                "/" => Divide(left, right),
                "//" => Arithmetic("//", left, right, FloorDivide, (a, b) => Math.Floor(NonZero(a, b) / b)),
                "%" => JinjaValues.Text(left) is { } format ? Sized(JinjaFormat.Apply(format, right, printer)) : Arithmetic("%", left, right, Modulo, Modulo),
                "**" => Power(left, right),
                _ => Concatenate(left, right),
            };
        }
        catch (OverflowException)
        {
            throw new JinjaError($"the result of '{name}' does not fit into 64 bits");
        }
    }

    public object? Negate(object? value) => value switch
    {
        double d => (object)-d,
        long l when l != long.MinValue => -l,
        bool b => b ? -1L : 0L,
        _ => throw Unfit("-", value),
    };

    public static object? Plus(object? value) => value switch
    {
        double or long => value,
        bool b => b ? 1L : 0L,
        _ => throw Unfit("+", value),
    };

    /// <summary>Whether an item is in a list, a key in a dictionary, a text in a text.</summary>
    public bool Contains(object? container, object? item)
    {
        switch (container)
        {
            case JinjaDictionary dictionary:
                return dictionary.TryGet(item, out _);
            case JinjaUndefined:
                return false;
            case string or JinjaMarkup:
                var text = JinjaValues.Text(container)!;
                run.Step(text.Length);
                return text.Contains(JinjaValues.Text(item) ?? throw new JinjaError($"only a text can be in a text, not {JinjaValues.TypeName(item)}"), StringComparison.Ordinal);
            default:
                var items = Iterate(container);
                run.Step(items.Count * 16L);
                return items.Exists(i => JinjaComparer.AreEqual(i, item));
        }
    }

    /// <summary>The items of what a loop can go through.</summary>
    public List<object?> Iterate(object? value)
    {
        var items = value switch
        {
            JinjaList list => list.Items,
            JinjaDictionary dictionary => [.. dictionary.Items.Select(i => i.Key)],
            JinjaGenerator generator => generator.TakeAll(),
            JinjaRange range => [.. range.Items],
            JinjaUndefined => [],
            string or JinjaMarkup => [.. JinjaText.Characters(JinjaValues.Text(value)!)],
            _ => throw new JinjaError($"{JinjaValues.TypeName(value)} has no items to go through"),
        };
        run.Step(items.Count);
        return items;
    }

    private object? Add(object? left, object? right)
    {
        if (left is JinjaMarkup || right is JinjaMarkup)
            return JinjaValues.Text(left) is { } a && JinjaValues.Text(right) is { } b ? Join(left, a, right, b) : throw Unfit("+", left, right);
        if (left is string s && right is string t)
        {
            run.Make((long)s.Length + t.Length);
            return s + t;
        }
        if (left is JinjaList l && right is JinjaList r && l.IsTuple == r.IsTuple)
        {
            run.Make((long)l.Items.Count + r.Items.Count);
            return new JinjaList(l.Items.Concat(r.Items), l.IsTuple);
        }
        return Arithmetic("+", left, right, (x, y) => checked(x + y), (x, y) => x + y);
    }

    private object Concatenate(object? left, object? right)
    {
        var (a, b) = (printer.Print(left), printer.Print(right));
        if (left is JinjaMarkup || right is JinjaMarkup)
            return Join(left, a, right, b);
        run.Make((long)a.Length + b.Length);
        return a + b;
    }

    private JinjaMarkup Join(object? left, string a, object? right, string b)
    {
        run.Make(a.Length + (long)b.Length);
        return new JinjaMarkup((left is JinjaMarkup ? a : JinjaText.EscapeHtml(a)) + (right is JinjaMarkup ? b : JinjaText.EscapeHtml(b)));
    }

    private object? Multiply(object? left, object? right)
    {
        if (left is long or bool && right is string or JinjaMarkup or JinjaList)
            (left, right) = (right, left);
        if (left is not (string or JinjaMarkup or JinjaList) || right is not (long or bool))
            return Arithmetic("*", left, right, (a, b) => checked(a * b), (a, b) => a * b);
        var times = Math.Max(0, right is bool flag ? (flag ? 1 : 0) : (long)right);
        var length = left is JinjaList list ? list.Items.Count : JinjaValues.Text(left)!.Length;
        run.Make(length == 0 || times == 0 ? 0 : times > int.MaxValue ? long.MaxValue : times * length);
        if (length == 0)
            times = 0;
        if (left is JinjaList items)
            return new JinjaList(Enumerable.Repeat(items.Items, (int)times).SelectMany(i => i), items.IsTuple);
        return new StringBuilder().Insert(0, JinjaValues.Text(left)!, (int)times).ToString();
    }

    private static object Divide(object? left, object? right)
    {
        if (JinjaComparer.Number(left) is not { } a || JinjaComparer.Number(right) is not { } b)
            throw Unfit("/", left, right);
        return NonZero(a, b) / b;
    }

    private static object Power(object? left, object? right)
    {
        if (left is long a && right is long b and >= 0)
        {
            var result = 1L;
            for (var i = 0L; i < b && a is not (0 or 1 or -1); i++)
                result = checked(result * a);
            return a is 0 or 1 or -1 ? (b == 0 || a == 1 ? 1L : a == 0 ? 0L : b % 2 == 0 ? 1L : -1L) : result;
        }
        if (JinjaComparer.Number(left) is not { } x || JinjaComparer.Number(right) is not { } y)
            throw Unfit("**", left, right);
        return Math.Pow(x, y);
    }

    private static object Arithmetic(string name, object? left, object? right, Func<long, long, long> whole, Func<double, double, double> real)
    {
        if (JinjaComparer.Number(left) is not { } a || JinjaComparer.Number(right) is not { } b)
            throw Unfit(name, left, right);
        return left is double || right is double ? (object)real(a, b) : whole(Whole(left!), Whole(right!));
    }

    private static long Whole(object value) => value is bool b ? (b ? 1 : 0) : (long)value;

    private static long FloorDivide(long a, long b)
    {
        if (b == 0)
            throw new JinjaError("a number is divided by zero");
        var quotient = checked(a / b);
        return a % b != 0 && a < 0 != b < 0 ? quotient - 1 : quotient;
    }

    private static long Modulo(long a, long b) => b == -1 ? 0 : a - b * FloorDivide(a, b);

    private static double Modulo(double a, double b)
    {
        var rest = NonZero(a, b) % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    private static double NonZero(double a, double b) => b == 0 ? throw new JinjaError("a number is divided by zero") : a;

    private string Sized(string text)
    {
        run.Make(text.Length);
        return text;
    }

    private static JinjaError Unfit(string name, object? value) => new($"'{name}' does not work on {Describe(value)}");

    private static JinjaError Unfit(string name, object? left, object? right) =>
        new($"'{name}' does not work on {Describe(left)} and {Describe(right)}");

    private static string Describe(object? value) => value is JinjaUndefined u ? $"{u.What}, which is undefined" : JinjaValues.TypeName(value);
}
