using System.Collections;
using System.Globalization;

namespace Attune.Models.Tokenizers;

/// <summary>
/// NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15) over code points with their origins. The tables are a resource, so the result
/// does not depend on the machine's ICU. A composed character keeps the origin of its first part, as the reference does.
/// </summary>
internal static class UnicodeNormalization
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28;

    private static readonly Dictionary<int, int[]> Canonical = [];
    private static readonly Dictionary<int, int[]> Compatibility = [];
    private static readonly Dictionary<long, int> Compositions = [];
    private static readonly Dictionary<int, byte> CombiningClasses = [];

    static UnicodeNormalization()
    {
        using var stream = typeof(UnicodeNormalization).Assembly.GetManifestResourceStream("UnicodeNormalization.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line[0] != '#')
                ReadLine(line);
    }

    public static AlignedText Normalize(AlignedSpan text, bool compose, bool compatibility)
    {
        var result = Decompose(text, compatibility);
        return compose ? Compose(result) : result;
    }

    /// <summary>
    /// Whether a text is surely in a normal form: each code point stands for itself, and none is a mark or composes with what is before
    /// it. A text that is not surely so may be so nevertheless.
    /// </summary>
    public static bool IsNormal(ReadOnlySpan<char> text, bool compose, bool compatibility)
    {
        if (!text.ContainsAnyInRange('\u00A0', '\uFFFF'))
            return true;
        foreach (var c in text)
            if (c >= 0xA0 && (char.IsSurrogate(c) || (compose ? compatibility ? MayChange.Nfkc : MayChange.Nfc : compatibility ? MayChange.Nfkd : MayChange.Nfd)[c]))
                return false;
        return true;
    }

    // By UTF-16 unit, filled at first use.
    private static class MayChange
    {
        public static readonly BitArray Nfc = Fill(compose: true, compatibility: false), Nfd = Fill(compose: false, compatibility: false);
        public static readonly BitArray Nfkc = Fill(compose: true, compatibility: true), Nfkd = Fill(compose: false, compatibility: true);

        private static BitArray Fill(bool compose, bool compatibility)
        {
            var seconds = Compositions.Keys.Select(k => (int)k).ToHashSet();
            var result = new BitArray(char.MaxValue + 1);
            for (var rune = 0xA0; rune <= char.MaxValue; rune++)
            {
                var isHangul = rune is >= HangulBase and < HangulBase + LeadCount * VowelCount * TailCount;
                var isJamo = rune is >= VowelBase and < VowelBase + VowelCount or > TailBase and < TailBase + TailCount;
                var decomposes = Canonical.TryGetValue(rune, out var parts) && !(compose && parts.Length == 2 && Pair(parts[0], parts[1]) == rune);
                result[rune] = decomposes || isHangul && !compose || compose && (isJamo || seconds.Contains(rune))
                    || ClassOf(rune) != 0 || compatibility && Compatibility.ContainsKey(rune);
            }
            return result;
        }
    }

    private static void ReadLine(string line)
    {
        var parts = line[1..].Split(' ');
        if (line[0] == 'o')
        {
            foreach (var range in parts.AsSpan(1))
                AddClasses(range, byte.Parse(parts[0], CultureInfo.InvariantCulture));
            return;
        }
        var rune = Hexadecimal(parts[0]);
        var target = Array.ConvertAll(parts[1..], Hexadecimal);
        (line[0] == 'k' ? Compatibility : Canonical)[rune] = target;
        if (line[0] == 'c' && target.Length == 2)
            Compositions[(long)target[0] << 32 | (long)target[1]] = rune;
    }

    private static void AddClasses(string range, byte value)
    {
        var ends = Array.ConvertAll(range.Split('-'), Hexadecimal);
        for (var rune = ends[0]; rune <= ends[^1]; rune++)
            CombiningClasses[rune] = value;
    }

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int ClassOf(int rune) => rune < 0x300 ? 0 : CombiningClasses.GetValueOrDefault(rune);

    private static AlignedText Decompose(AlignedSpan text, bool compatibility)
    {
        var result = new AlignedText(text.Count + 8, text.OriginStart);
        var marks = new List<(int Rune, TokenOffset Offset, int Class)>();
        for (var i = 0; i < text.Count; i++)
            Decompose(text.Runes[i], text.Offsets[i], compatibility, result, marks);
        Flush(marks, result);
        return result;
    }

    private static void Decompose(int rune, TokenOffset offset, bool compatibility, AlignedText result, List<(int, TokenOffset, int)> marks)
    {
        if (rune >= HangulBase && rune < HangulBase + LeadCount * VowelCount * TailCount)
        {
            var index = rune - HangulBase;
            Put(LeadBase + index / (VowelCount * TailCount), offset, result, marks);
            Put(VowelBase + index % (VowelCount * TailCount) / TailCount, offset, result, marks);
            if (index % TailCount != 0)
                Put(TailBase + index % TailCount, offset, result, marks);
        }
        else if (rune >= 0xA0 && (Canonical.TryGetValue(rune, out var parts) || compatibility && Compatibility.TryGetValue(rune, out parts)))
        {
            foreach (var part in parts)
                Decompose(part, offset, compatibility, result, marks);
        }
        else
        {
            Put(rune, offset, result, marks);
        }
    }

    // Marks wait until the next starter, then stand in the order of their classes; equal classes keep their order.
    private static void Put(int rune, TokenOffset offset, AlignedText result, List<(int, TokenOffset, int)> marks)
    {
        var combining = ClassOf(rune);
        if (combining != 0)
        {
            marks.Add((rune, offset, combining));
            return;
        }
        Flush(marks, result);
        result.Add(rune, offset);
    }

    private static void Flush(List<(int Rune, TokenOffset Offset, int Class)> marks, AlignedText result)
    {
        if (marks.Count == 0)
            return;
        foreach (var (rune, offset, _) in marks.Count == 1 ? marks : marks.OrderBy(m => m.Class).ToList())
            result.Add(rune, offset);
        marks.Clear();
    }

    private static AlignedText Compose(AlignedText text)
    {
        var runes = text.Runes.ToArray();
        var removed = new bool[runes.Length];
        var starter = -1;
        var lastClass = -1;
        for (var i = 0; i < runes.Length; i++)
        {
            var combining = ClassOf(runes[i]);
            if (starter >= 0 && (lastClass < combining || lastClass == -1) && Pair(runes[starter], runes[i]) is { } composed)
            {
                runes[starter] = composed;
                removed[i] = true;
                continue;
            }
            if (combining == 0)
            {
                starter = i;
                lastClass = -1;
            }
            else
            {
                lastClass = combining;
            }
        }
        var result = new AlignedText(runes.Length, text.OriginStart);
        for (var i = 0; i < runes.Length; i++)
            if (!removed[i])
                result.Add(runes[i], text.Offsets[i]);
        return result;
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
            return HangulBase + ((first - LeadBase) * VowelCount + second - VowelBase) * TailCount;
        if (first >= HangulBase && first < HangulBase + LeadCount * VowelCount * TailCount && (first - HangulBase) % TailCount == 0
            && second is > TailBase and < TailBase + TailCount)
            return first + second - TailBase;
        return Compositions.TryGetValue((long)first << 32 | (long)second, out var composed) ? composed : null;
    }
}
