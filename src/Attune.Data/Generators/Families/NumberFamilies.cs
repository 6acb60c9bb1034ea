using System.Globalization;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Tasks about numbers.</summary>
internal abstract class NumberFamily(string name, string summary, bool heldOut = false) : Family(name, "number", summary, heldOut, 0.6)
{
    private static readonly string[] Frames =
        ["{n}", "{n}", "number {n}", "{n} people", "there are {n} of them", "it costs {n} pounds", "page {n}", "{name} counted {n} cars", "the answer is {n}", "bus {n}", "room {n}"];

    /// <summary>Puts a number bare or into a short text, in one way for the task or in several.</summary>
    private protected static Func<SeededRandom, long, string> Dress(SeededRandom random)
    {
        var frames = random.Chance(0.6) ? ["{n}"] : random.Chance(0.5) ? [random.Pick(Frames)] : Frames;
        return (r, n) => Phrases.Capital(Phrases.Write(r.Pick(frames), r, (place, _) => place == "n" ? Text(n) : null));
    }

    private protected static string Text(long n) => n.ToString(CultureInfo.InvariantCulture);
}

internal sealed class Parity() : NumberFamily("parity", "Even or odd numbers.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var limit = random.Pick([10, 50, 100, 1000]);
        var dress = Dress(random);
        return new GeneratedTask(["even", "odd"], (r, label) => dress(r, 2L * r.Next(limit / 2) + label));
    }
}

internal sealed class Magnitude() : NumberFamily("magnitude", "Numbers by size, with borders of the task's own.")
{
    private static readonly string[][] Names = [["small", "large"], ["low", "high"], ["small", "medium", "large"], ["low", "middle", "high"], ["tiny", "small", "big", "huge"]];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var labels = random.Pick(Names);
        var digits = random.Chance(0.4);
        var unit = digits ? 1 : random.Pick([5, 10, 20, 50, 100, 500]);
        var dress = Dress(random);
        return new GeneratedTask(labels, (r, label) =>
        {
            var low = digits ? (long)Math.Pow(10, label) : label * unit;
            var high = digits ? (long)Math.Pow(10, label + 1) : (label + 1) * unit;
            return dress(r, low + r.Next((int)(high - low)));
        });
    }
}

internal sealed class Ordering() : NumberFamily("number-order", "Lists of numbers that rise, fall or do neither.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var (count, limit) = (random.Between(3, 6), random.Pick([20, 50, 100]));
        string[] labels = random.Chance(0.5) ? ["ascending", "descending"] : ["rising", "falling", "mixed"];
        var join = random.Pick([" ", ", ", " - "]);
        return new GeneratedTask(labels, (r, label) =>
        {
            var numbers = r.Some([.. Enumerable.Range(1, limit)], count).Order().ToArray();
            if (label == 1)
                Array.Reverse(numbers);
            if (label == 2)
                (numbers[0], numbers[1], numbers[^1]) = (numbers[1], numbers[^1], numbers[0]);
            return string.Join(join, numbers.Select(n => Text(n)));
        });
    }
}

internal sealed class Comparison() : NumberFamily("number-comparison", "Pairs of numbers: whether the first is larger.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var limit = random.Pick([10, 20, 100, 1000]);
        var frame = random.Pick(["{a} {b}", "{a}, {b}", "{a} and {b}", "{a} against {b}", "{a} : {b}", "home {a}, away {b}"]);
        return new GeneratedTask(random.Pick<string[]>([["greater", "less"], ["first", "second"], ["win", "loss"]]), (r, label) =>
        {
            var pair = r.Some([.. Enumerable.Range(0, limit)], 2).OrderDescending().ToArray();
            return Phrases.Write(frame, r, (place, _) => Text(pair[place == "a" == (label == 0) ? 0 : 1]));
        });
    }
}

internal sealed class Sums() : NumberFamily("sum-check", "Sums that are right or wrong.", heldOut: true)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var limit = random.Pick([5, 10, 20]);
        return new GeneratedTask(random.Pick<string[]>([["right", "wrong"], ["correct", "incorrect"], ["true", "false"]]), (r, label) =>
        {
            var (a, b) = (r.Next(limit), r.Next(limit));
            var off = label == 0 ? 0 : r.Between(1, 4) * (r.Chance(0.5) && a + b > 4 ? -1 : 1);
            return $"{Text(a)} + {Text(b)} = {Text(a + b + off)}";
        });
    }
}

internal sealed class NumberWords() : NumberFamily("number-words", "The same numbers as digits, words, Roman numerals or ordinals.")
{
    private static readonly string[] Ones =
        ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly (int Value, string Sign)[] Roman =
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var kinds = random.Some(["digits", "words", "Roman", "ordinal", "decimal", "percent"], random.Between(2, 5));
        return new GeneratedTask(kinds, (r, label) => Written(kinds[label], r.Between(1, 120), r));
    }

    private static string Written(string kind, int n, SeededRandom random) => kind switch
    {
        "digits" => Text(n),
        "words" => InWords(n),
        "Roman" => InRoman(n),
        "ordinal" => Text(n) + (n % 100 is 11 or 12 or 13 ? "th" : (n % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" }),
        "decimal" => $"{Text(n)}.{Text(random.Between(1, 99))}",
        _ => Text(n) + "%",
    };

    private static string InWords(int n) => n switch
    {
        < 20 => Ones[n],
        < 100 => Tens[n / 10] + (n % 10 > 0 ? "-" + Ones[n % 10] : ""),
        100 => "a hundred",
        _ => "a hundred and " + InWords(n - 100),
    };

    private static string InRoman(int n)
    {
        var text = "";
        foreach (var (value, sign) in Roman)
        {
            for (; n >= value; n -= value)
                text += sign;
        }

        return text;
    }
}
