namespace Attune.Models.ChatTemplates;

/// <summary>Python's equality and order: True is 1, 1 is 1.0, lists item by item.</summary>
internal sealed class JinjaComparer : IEqualityComparer<object>
{
    public static readonly JinjaComparer Keys = new();

    public static bool AreEqual(object? left, object? right)
    {
        if (Number(left) is { } a && Number(right) is { } b)
            return left is double || right is double ? a == b : Whole(left) == Whole(right);
        if (JinjaValues.Text(left) is { } s)
            return JinjaValues.Text(right) is { } t && s == t;
        return (left, right) switch
        {
            (null, null) => true,
            (JinjaUndefined, JinjaUndefined) => true,
            (JinjaList l, JinjaList r) => l.IsTuple == r.IsTuple && SameItems(l.Items, r.Items),
            (JinjaDictionary l, JinjaDictionary r) => SameItems(l, r),
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>Below, at or above 0. Errors where Python has no order.</summary>
    public static int Compare(object? left, object? right)
    {
        if (left is long or bool && right is long or bool)
            return Whole(left).CompareTo(Whole(right));
        if (Number(left) is { } a && Number(right) is { } b)
            return a.CompareTo(b);
        if (JinjaValues.Text(left) is { } s && JinjaValues.Text(right) is { } t)
            return CompareText(s, t);
        if (left is JinjaList l && right is JinjaList r && l.IsTuple == r.IsTuple)
            return CompareItems(l.Items, r.Items);
        throw new JinjaError($"{JinjaValues.TypeName(left)} and {JinjaValues.TypeName(right)} have no order");
    }

    public new bool Equals(object? x, object? y) => AreEqual(x, y);

    public int GetHashCode(object value) => value switch
    {
        _ when Number(value) is { } n => n.GetHashCode(),
        _ when JinjaValues.Text(value) is { } s => string.GetHashCode(s, StringComparison.Ordinal),
        JinjaUndefined => 1,
        JinjaList { IsTuple: true } l => l.Items.Count,
        JinjaList or JinjaDictionary => throw new JinjaError($"{JinjaValues.TypeName(value)} cannot be a key"),
        _ => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value),
    };

    public static double? Number(object? value) => value switch
    {
        bool b => b ? 1 : 0,
        long l => l,
        double d => d,
        _ => null,
    };

    private static long Whole(object? value) => value is bool b ? (b ? 1 : 0) : (long)value!;

    // By code point, as Python has it: UTF-16 units would put U+FFFD after astral characters' surrogates.
    private static int CompareText(string left, string right)
    {
        var (a, b) = (left.EnumerateRunes(), right.EnumerateRunes());
        while (true)
        {
            var (more, other) = (a.MoveNext(), b.MoveNext());
            if (!more || !other)
                return more ? 1 : other ? -1 : 0;
            if (a.Current != b.Current)
                return a.Current.CompareTo(b.Current);
        }
    }

    private static int CompareItems(List<object?> left, List<object?> right)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
            if (!AreEqual(left[i], right[i]))
                return Compare(left[i], right[i]);
        return left.Count.CompareTo(right.Count);
    }

    private static bool SameItems(List<object?> left, List<object?> right) =>
        left.Count == right.Count && !left.Where((item, i) => !AreEqual(item, right[i])).Any();

    private static bool SameItems(JinjaDictionary left, JinjaDictionary right) =>
        left.Count == right.Count && left.Items.All(i => right.TryGet(i.Key, out var other) && AreEqual(i.Value, other));
}
