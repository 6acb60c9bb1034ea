using System.Globalization;

namespace Attune.Evaluation.Reports;

/// <summary>Maps values to shares of an axis's length, with the ticks that go with it.</summary>
internal sealed class Scale
{
    /// <summary>The room at the start of a logarithmic axis for values that are zero.</summary>
    private const double ZeroRoom = 0.16;

    private readonly Func<double, double> share;

    private Scale(Func<double, double> share, IReadOnlyList<Tick> ticks) => (this.share, Ticks) = (share, ticks);

    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>Share of the axis, held within it.</summary>
    public double Share(double value) => Math.Clamp(share(value), 0, 1);

    /// <summary>Evenly spaced, the ends moved out to round values; <paramref name="turned"/>: the smallest value at the end.</summary>
    public static Scale Linear(double low, double high, Func<double, string> label, bool turned = false, int ticks = 5)
    {
        if (!(high > low))
            (low, high) = (low - 0.5, high + 0.5);
        var step = NiceStep((high - low) / ticks);
        var (first, last) = ((long)Math.Floor((low / step) + 1e-9), (long)Math.Ceiling((high / step) - 1e-9));
        double Place(double value)
        {
            var s = ((value / step) - first) / (last - first);
            return turned ? 1 - s : s;
        }
        var marks = Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step).Select(v => new Tick(Place(v), label(v)));
        return new Scale(Place, marks.ToList());
    }

    /// <summary>By powers of ten that cover the values; those that are not above zero stand apart at the start, under "0".</summary>
    public static Scale Logarithmic(IEnumerable<double> values, Func<double, string> label)
    {
        var all = values.ToList();
        var positive = all.Where(v => v > 0 && double.IsFinite(v)).ToList();
        var room = all.Count > positive.Count ? ZeroRoom : 0;
        var (first, last) = positive.Count == 0 ? (0, 1) : ((int)Math.Floor(Math.Log10(positive.Min()) + 1e-9), (int)Math.Ceiling(Math.Log10(positive.Max()) - 1e-9));
        if (last <= first)
            last = first + 1;
        double Place(double value) => value > 0 ? room + ((1 - room) * (Math.Log10(value) - first) / (last - first)) : room / 4;
        // At most seven decades get a label: more would touch each other on a phone.
        var every = (last - first + 6) / 7;
        var ticks = Enumerable.Range(0, last - first + 1).Where(i => i % every == 0).Select(i => Math.Pow(10, first + i)).Select(v => new Tick(Place(v), label(v))).ToList();
        if (room > 0)
            ticks.Insert(0, new Tick(Place(0), "0"));
        return new Scale(Place, ticks);
    }

    /// <summary>By logarithms between two positive values, the ends moved out to round ones where <paramref name="places"/> do not say what gets a tick; what is not above zero has no place.</summary>
    public static Scale LogarithmicWithin(double low, double high, IReadOnlyList<double>? places, Func<double, string> label)
    {
        if (!(high > low))
            (low, high) = (low / 2, low * 2);
        var marks = places?.ToList();
        if (marks is null)
        {
            var decades = Math.Log10(high / low);
            // Powers of ten alone where there are many of them, else 1, 2 and 5 times them.
            double[] digits = decades > 2.5 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 5];
            var every = Math.Max(1, (int)Math.Ceiling(decades / 7));
            marks = [.. Enumerable.Range((int)Math.Floor(Math.Log10(low)) - 1, (int)decades + 5).Where(p => p % every == 0).SelectMany(p => digits.Select(d => d * Math.Pow(10, p)))];
            (low, high) = (marks.Where(m => m <= low * (1 + 1e-9)).Max(), marks.Where(m => m >= high * (1 - 1e-9)).Min());
            marks.RemoveAll(m => m < low || m > high);
        }
        double Place(double value) => value > 0 ? Math.Log(value / low) / Math.Log(high / low) : double.NaN;
        return new Scale(Place, marks.Select(m => new Tick(Place(m), label(m))).ToList());
    }

    /// <summary>Names side by side; the value is the name's index.</summary>
    public static Scale Ordinal(IReadOnlyList<string> names)
    {
        double Place(double index) => (index + 0.5) / names.Count;
        return new Scale(Place, names.Select((n, i) => new Tick(Place(i), n)).ToList());
    }

    /// <summary>The least of 1, 2, 2.5, 5, 10 times a power of ten that is not below <paramref name="step"/>.</summary>
    internal static double NiceStep(double step)
    {
        var exponent = (int)Math.Floor(Math.Log10(step));
        foreach (var digit in new[] { "1", "2", "2.5", "5" })
        {
            // Parsed, since 2·10⁻¹ by multiplication is not the double nearest to 0.2.
            var nice = double.Parse(string.Create(CultureInfo.InvariantCulture, $"{digit}E{exponent}"), CultureInfo.InvariantCulture);
            if (nice >= step * (1 - 1e-9))
                return nice;
        }
        return double.Parse(string.Create(CultureInfo.InvariantCulture, $"1E{exponent + 1}"), CultureInfo.InvariantCulture);
    }
}
