namespace Attune.Reproductions.BayesPrism;

/// <summary>The families of the paper (arXiv 2306.04891, section 3 and 4) that have an exact predictor, each scaled to E f(x)² = 1.</summary>
internal static class FunctionFamilies
{
    /// <summary>Half the period of Fourier's families: x is uniform on [−5, 5).</summary>
    public const double HalfPeriod = 5;

    /// <summary>Dense regression: w ~ N(0, I/d). The predictor is ridge regression with λ = σ²·d.</summary>
    public static FunctionFamily Dense(int inputs, double noise) =>
        new("dense linear", inputs, inputs, [NormalComponent.Centred(1, Repeat(1.0 / inputs, inputs))], noise);

    /// <summary>Sparse regression: <paramref name="active"/> coordinates, drawn evenly, have weights N(0, 1/active), the others 0.</summary>
    public static FunctionFamily Sparse(int inputs, int active, double noise)
    {
        var supports = Subsets(inputs, active).ToArray();
        return new("sparse linear", inputs, inputs,
            [.. supports.Select(s => NormalComponent.Centred(1.0 / supports.Length, Enumerable.Range(0, inputs).Select(i => s.Contains(i) ? 1.0 / active : 0)))], noise);
    }

    /// <summary>Sign vectors: w uniform on {−1, 1}^d/√d, a component for each.</summary>
    public static FunctionFamily Signs(int inputs, double noise) => new("sign vectors", inputs, inputs, SignComponents(inputs, 1), noise);

    /// <summary>Half dense regression, half sign vectors: the task mixture.</summary>
    public static FunctionFamily DenseOrSigns(int inputs, double noise) =>
        new("dense or signs", inputs, inputs, [NormalComponent.Centred(0.5, Repeat(1.0 / inputs, inputs)), .. SignComponents(inputs, 0.5)], noise);

    /// <summary>
    /// Two centres: the first weight is ±3 with even odds and no variance, the others N(0, 1); all divided by √(d + 8).
    /// </summary>
    public static FunctionFamily TwoCentres(int inputs, double noise)
    {
        const double centre = 3;
        var square = centre * centre + inputs - 1;
        double[] variance = [0, .. Repeat(1 / square, inputs - 1)];
        double[] Mean(double sign) => [sign * centre / Math.Sqrt(square), .. Repeat(0, inputs - 1)];
        return new("two centres", inputs, inputs, [new(0.5, Mean(1), variance), new(0.5, Mean(-1), variance)], noise);
    }

    /// <summary>
    /// Degree-2 monomials: φ holds x_i·x_j for i &lt; j; <paramref name="sets"/> disjoint sets of as many of them, one set drawn for each function,
    /// its weights N(0, 1/size).
    /// </summary>
    public static FunctionFamily Monomials(int inputs, int size, int sets, double noise)
    {
        var pairs = Subsets(inputs, 2).ToArray();
        if (size * sets > pairs.Length)
            throw new ArgumentException($"Monomials: {sets} sets of {size} need {size * sets} products, but {inputs} inputs have {pairs.Length}");
        return new(sets == 1 ? "monomials" : "monomial sets", inputs, pairs.Length,
            [.. Enumerable.Range(0, sets).Select(s => NormalComponent.Centred(1.0 / sets, pairs.Select((_, i) => i / size == s ? 1.0 / size : 0)))], noise)
        {
            Map = (x, features) =>
            {
                for (var i = 0; i < pairs.Length; i++)
                    features[i] = x[pairs[i][0]] * x[pairs[i][1]];
            },
        };
    }

    /// <summary>
    /// Haar wavelets on [0, 1): a constant and ψ_jk(x) = 2^{j/2}·ψ(2^j·x − k) for j below <paramref name="levels"/>, ψ being 1 on [0, ½) and −1 on [½, 1);
    /// 2^levels features with even variances.
    /// </summary>
    public static FunctionFamily Haar(int levels, double noise)
    {
        var count = 1 << levels;
        return new("Haar wavelets", 1, count, [NormalComponent.Centred(1, Repeat(1.0 / count, count))], noise)
        {
            DrawCoordinate = random => random.NextDouble(),
            Map = (x, features) =>
            {
                features.Clear();
                features[0] = 1;
                for (var j = 0; j < levels; j++)
                {
                    var place = x[0] * (1 << j);
                    var k = Math.Clamp((int)place, 0, (1 << j) - 1);
                    features[(1 << j) + k] = (place - k < 0.5 ? 1 : -1) * Math.Pow(2, j / 2.0);
                }
            },
        };
    }

    /// <summary>Fourier series without a constant: φ = (cos nπx/L, sin nπx/L) for n = 1 … <paramref name="most"/>; every function has all of them.</summary>
    public static FunctionFamily FourierEven(int most, double noise) => Fourier("Fourier, even", most, noise, [(1, most)]);

    /// <summary>The highest frequency is drawn evenly from 1 … <paramref name="most"/>: low frequencies occur in more functions.</summary>
    public static FunctionFamily FourierLow(int most, double noise) => Fourier("Fourier, low-heavy", most, noise, [.. Enumerable.Range(1, most).Select(n => (1, n))]);

    /// <summary>The lowest frequency is drawn evenly from 1 … <paramref name="most"/>: high frequencies occur in more functions.</summary>
    public static FunctionFamily FourierHigh(int most, double noise) => Fourier("Fourier, high-heavy", most, noise, [.. Enumerable.Range(1, most).Select(n => (n, most))]);

    private static FunctionFamily Fourier(string name, int most, double noise, (int From, int To)[] bands) =>
        new(name, 1, 2 * most, [.. bands.Select(b => NormalComponent.Centred(1.0 / bands.Length, Band(b.From, b.To, most)))], noise)
        {
            DrawCoordinate = random => HalfPeriod * (2 * random.NextDouble() - 1),
            Map = (x, features) =>
            {
                for (var n = 1; n <= most; n++)
                    (features[2 * n - 1], features[2 * n - 2]) = Math.SinCos(n * Math.PI * x[0] / HalfPeriod);
            },
        };

    /// <summary>Variances that sum to 2, so that E f² = 1: each of cos² and sin² is ½ on average.</summary>
    private static IEnumerable<double> Band(int from, int to, int most) =>
        Enumerable.Range(1, most).SelectMany(n => Repeat(n >= from && n <= to ? 1.0 / (to - from + 1) : 0, 2));

    private static NormalComponent[] SignComponents(int inputs, double share)
    {
        var (count, size) = (1 << inputs, 1 / Math.Sqrt(inputs));
        return [.. Enumerable.Range(0, count).Select(code => new NormalComponent(share / count,
            [.. Enumerable.Range(0, inputs).Select(i => (code >> i & 1) == 1 ? size : -size)], new double[inputs]))];
    }

    private static double[] Repeat(double value, int count) => [.. Enumerable.Repeat(value, count)];

    /// <summary>All subsets of 0 … n − 1 of a size, in lexical order.</summary>
    private static IEnumerable<int[]> Subsets(int n, int size, int from = 0) => size == 0 ? [[]]
        : Enumerable.Range(from, Math.Max(0, n - from)).SelectMany(first => Subsets(n, size - 1, first + 1).Select(rest => (int[])[first, .. rest]));
}
