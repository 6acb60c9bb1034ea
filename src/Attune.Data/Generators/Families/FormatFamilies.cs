using System.Globalization;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Tasks about the form in which something is written.</summary>
internal abstract class FormatFamily(string name, string summary, bool heldOut = false) : Family(name, "format", summary, heldOut)
{
    /// <summary>Kinds with a writer of each; a draw takes two to eight of them.</summary>
    private protected static GeneratedTask OfKinds(SeededRandom random, (string Name, Func<SeededRandom, string> Write)[] kinds)
    {
        var chosen = random.Some(kinds, random.Between(2, Math.Min(kinds.Length, 8)));
        var frame = random.Chance(0.7) ? "{0}" : random.Pick(["it is {0}", "see {0}", "from {0} on", "{0}, I think", "note: {0}", "we have {0} here"]);
        return new GeneratedTask([.. chosen.Select(c => c.Name)], (r, label) => frame.Replace("{0}", chosen[label].Write(r), StringComparison.Ordinal));
    }

    private protected static string Digits(SeededRandom random, int count) => new([.. Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10)))]);

    private protected static string Number(SeededRandom random, int low, int high) => random.Between(low, high).ToString(CultureInfo.InvariantCulture);

    private protected static string Word(SeededRandom random)
    {
        while (true)
        {
            var word = Topic.Bare(random.Pick(random.Pick(Topics.Training).Nouns));
            if (word.All(char.IsAsciiLetterLower))
                return word;
        }
    }

    private protected static string Two(int n) => n.ToString("00", CultureInfo.InvariantCulture);
}

internal sealed class DateForms() : FormatFamily("date-forms", "Dates in several ways of writing.")
{
    public override GeneratedTask Draw(SeededRandom random) => OfKinds(random,
    [
        ("iso", r => $"{Year(r)}-{Two(r.Between(1, 12))}-{Two(r.Between(1, 28))}"),
        ("slashes", r => $"{Two(r.Between(1, 28))}/{Two(r.Between(1, 12))}/{Year(r)}"),
        ("dots", r => $"{Number(r, 1, 28)}.{Number(r, 1, 12)}.{Year(r)}"),
        ("day first", r => $"{Number(r, 1, 28)} {Month(r)} {Year(r)}"),
        ("month first", r => $"{Month(r)} {Number(r, 1, 28)}, {Year(r)}"),
        ("year only", Year),
        ("weekday", r => Phrases.Write("{weekday}, {month}", r) + " " + Number(r, 1, 28)),
        ("relative", r => Phrases.Write("[{number} [days|weeks|months] ago|in {number} [days|weeks|years]|next {weekday}|last {month}|the day after tomorrow]", r)),
    ]);

    private static string Year(SeededRandom random) => Number(random, 1900, 2039);

    private static string Month(SeededRandom random) => Phrases.Write("{month}", random);
}

internal sealed class ContactForms() : FormatFamily("contact-forms", "Addresses, numbers and other strings by which things are found.")
{
    public override GeneratedTask Draw(SeededRandom random) => OfKinds(random,
    [
        ("email", r => $"{Person(r)}{r.Pick(["", ".", "_"])}{Word(r)}@{Word(r)}.{r.Pick(["com", "org", "net", "co.uk", "de"])}"),
        ("phone", r => r.Pick(["+44 ", "0", "(0) ", "+1 "]) + Digits(r, 3) + r.Pick([" ", "-", "/"]) + Digits(r, r.Between(4, 7))),
        ("url", r => $"{r.Pick(["http://", "https://", "www."])}{Word(r)}.{r.Pick(["com", "org", "net"])}/{Word(r)}"),
        ("address", r => $"{Number(r, 1, 200)} {Phrases.Capital(Word(r))} {r.Pick(["Street", "Road", "Lane", "Avenue", "Square"])}"),
        ("ip", r => string.Join('.', Enumerable.Range(0, 4).Select(_ => Number(r, 0, 255)))),
        ("hashtag", r => "#" + Word(r)),
        ("user name", r => $"@{Person(r)}{Digits(r, r.Between(0, 3))}"),
        ("file", r => $"{Word(r)}.{r.Pick(["txt", "pdf", "jpg", "zip", "doc", "mp3"])}"),
    ]);

    private static string Person(SeededRandom random) => Phrases.Write("{name}", random).ToLowerInvariant();
}

internal sealed class IdentifierForms() : FormatFamily("identifier-forms", "Names of several words as programs write them.")
{
    public override GeneratedTask Draw(SeededRandom random) => OfKinds(random,
    [
        ("camel", r => Join(r, "", w => w, Phrases.Capital)),
        ("pascal", r => Join(r, "", Phrases.Capital, Phrases.Capital)),
        ("snake", r => Join(r, "_", w => w, w => w)),
        ("kebab", r => Join(r, "-", w => w, w => w)),
        ("upper", r => Join(r, "_", w => w.ToUpperInvariant(), w => w.ToUpperInvariant())),
        ("dotted", r => Join(r, ".", w => w, w => w)),
    ]);

    private static string Join(SeededRandom random, string separator, Func<string, string> first, Func<string, string> rest)
    {
        var words = Enumerable.Range(0, random.Between(2, 3)).Select(_ => Word(random)).ToArray();
        return string.Join(separator, words.Select((w, i) => i == 0 ? first(w) : rest(w)));
    }
}

internal sealed class Measures() : FormatFamily("measures", "Amounts with units: what they measure.")
{
    public override GeneratedTask Draw(SeededRandom random) => OfKinds(random,
    [
        ("length", r => Amount(r, "km", "m", "cm", "miles", "metres", "inches", "feet")),
        ("weight", r => Amount(r, "kg", "g", "tons", "grams", "pounds of flour", "ounces")),
        ("time", r => Amount(r, "hours", "minutes", "seconds", "days", "weeks", "years")),
        ("money", r => r.Chance(0.5) ? r.Pick(["$", "€", "£"]) + Number(r, 1, 900) : Amount(r, "euros", "dollars", "cents", "francs")),
        ("temperature", r => Amount(r, "degrees", "°C", "°F", "degrees below zero")),
        ("volume", r => Amount(r, "litres", "ml", "gallons", "cups", "pints")),
        ("speed", r => Amount(r, "km/h", "mph", "knots", "metres per second")),
        ("share", r => Amount(r, "%", "percent", "per cent")),
    ]);

    private static string Amount(SeededRandom random, params string[] units) => $"{Number(random, 1, 500)} {random.Pick(units)}";
}

internal sealed class TimesOfDay() : FormatFamily("time-of-day", "Clock times: in which part of the day they are.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var twelve = random.Chance(0.3);
        var all = twelve ? ["am", "pm"] : random.Chance(0.5) ? new[] { "morning", "afternoon", "evening" } : ["morning", "afternoon", "evening", "night"];
        return new GeneratedTask(all, (r, label) =>
        {
            var minute = Two(r.Next(12) * 5);
            return twelve ? $"{Number(r, 1, 12)}:{minute} {(label == 0 ? r.Pick(["am", "a.m.", "AM"]) : r.Pick(["pm", "p.m.", "PM"]))}"
                : $"{Two((6 + label * 6 + r.Next(6)) % 24)}:{minute}";
        });
    }
}

internal sealed class CodeLines() : FormatFamily("code-lines", "Lines of several computer languages.", heldOut: true)
{
    public override GeneratedTask Draw(SeededRandom random) => OfKinds(random,
    [
        ("python", r => r.Pick([$"def {Word(r)}({Word(r)}):", $"for {Word(r)} in {Word(r)}s:", $"print({Word(r)})", $"import {Word(r)}", $"if {Word(r)} is None:"])),
        ("html", r => r.Pick([$"<p>{Word(r)}</p>", $"<a href=\"{Word(r)}\">{Word(r)}</a>", $"<div class=\"{Word(r)}\">", $"<h1>{Word(r)}</h1>"])),
        ("sql", r => r.Pick([$"SELECT {Word(r)} FROM {Word(r)}", $"DELETE FROM {Word(r)} WHERE id = {Number(r, 1, 99)}", $"INSERT INTO {Word(r)} VALUES ({Number(r, 1, 99)})"])),
        ("json", r => r.Pick([$"{'{'}\"{Word(r)}\": {Number(r, 1, 99)}{'}'}", $"\"{Word(r)}\": \"{Word(r)}\","])),
        ("shell", r => r.Pick([$"rm -r {Word(r)}", $"ls -l {Word(r)} | grep {Word(r)}", $"cd ~/{Word(r)}", $"echo ${Word(r).ToUpperInvariant()}"])),
        ("css", r => r.Pick([$".{Word(r)} {'{'} color: red; {'}'}", $"margin: {Number(r, 1, 40)}px;", $"#{Word(r)} {'{'} width: {Number(r, 1, 99)}%; {'}'}"])),
    ]);
}

internal sealed class SymbolPatterns() : FormatFamily("repetition-patterns", "Three or four made-up words in a pattern of repetition, as AAB or ABA.", heldOut: true)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var patterns = random.Chance(0.6) ? random.Some(["AAB", "ABA", "ABB", "ABC", "AAA"], random.Between(2, 3)) : random.Some(["AABB", "ABAB", "ABBA", "ABCA"], random.Between(2, 3));
        return new GeneratedTask(patterns, (r, label) =>
        {
            var words = Nonce.Words(r, 3);
            return string.Join(' ', patterns[label].Select(c => words[c - 'A']));
        });
    }
}
