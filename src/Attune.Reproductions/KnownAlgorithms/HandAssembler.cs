namespace Attune.Reproductions;

/// <summary>
/// Writes weights for the four acts of Akyürek et al. (2023, section 3): move, multiply, divide, and sum. The stream begins with a zero, a one, two paddings ±N so large that
/// LayerNorm divides by them alone, and the token's position as a one among zeros, by which attention finds its token exactly.
/// </summary>
internal sealed class HandAssembler
{
    private const int Zero = 0, One = 1, UpperPadding = 2, LowerPadding = 3, FirstPosition = 4;
    private const double Padding = 1e8;

    /// <summary>Score of the token that a head is to read; e to the minus this is 0.</summary>
    private const double Certain = 1000;

    /// <summary>Behind this offset GELU is the identity to the last bit.</summary>
    private const double GeluLinear = 50;

    private readonly int tokens, width;
    private readonly double? geluScale;

    /// <param name="tokens">Positions.</param>
    /// <param name="slots">Numbers of the stream beside the assembler's own.</param>
    /// <param name="geluScale">What factors are multiplied by before GELU makes their product; null: bilinear units.</param>
    public HandAssembler(int tokens, int slots, double? geluScale) =>
        (this.tokens, width, this.geluScale) = (tokens, FirstOwn(tokens) + slots, geluScale);

    /// <summary>The first slot that is the caller's.</summary>
    public static int FirstOwn(int tokens) => FirstPosition + tokens;

    public HandBlock Block() => new(width);

    /// <summary>The stream of a token before anything is written into it.</summary>
    public double[] Token(int position)
    {
        var h = new double[width];
        (h[One], h[UpperPadding], h[LowerPadding], h[FirstPosition + position]) = (1, Padding, -Padding, 1);
        return h;
    }

    /// <summary>Each token's target becomes the source of the token <paramref name="back"/> before it (of the first token, where there is none): one head reads, a second cancels what stood there.</summary>
    public void Move(HandBlock block, int back, int source, int target, int count)
    {
        var head = Head(i => Math.Max(0, i - back));
        for (var j = 0; j < count; j++)
            head.Value[target + j, source + j] = 1;
        block.Heads.Add(head);
        Clear(block, target, count);
    }

    /// <summary>The slots become zero.</summary>
    public void Clear(HandBlock block, int slot, int count)
    {
        var head = Head(i => i);
        for (var j = 0; j < count; j++)
            head.Value[slot + j, slot + j] = -1;
        block.Heads.Add(head);
    }

    /// <summary>Until <see cref="Restore"/>, what the feed-forward layer reads is divided by the number in <paramref name="slot"/>, which is positive: the paddings become that many times as large.</summary>
    public void DivideBy(HandBlock block, int slot) => Pad(block, slot, Padding);

    /// <summary>The paddings are again what they were before <see cref="DivideBy"/>.</summary>
    public void Restore(HandBlock block, int slot) => Pad(block, slot, -Padding);

    /// <summary>target += factor·a·b.</summary>
    public void AddProduct(HandBlock block, LinearForm a, LinearForm b, int target, double factor = 1)
    {
        if (geluScale is not { } c)
        {
            block.Units.Add(new HandUnit(Read(a), 0, Read(b), 0, Into(target, factor)));
            return;
        }
        // √(π/2)·(gelu(x + y) − gelu(x) − gelu(y)) = xy + O(x³y + xy³).
        var scale = factor * Math.Sqrt(Math.PI / 2) / (c * c);
        block.Units.Add(Gelu(Scaled(Sum(Read(a), Read(b)), c), 0, target, scale));
        block.Units.Add(Gelu(Scaled(Read(a), c), 0, target, -scale));
        block.Units.Add(Gelu(Scaled(Read(b), c), 0, target, -scale));
    }

    /// <summary>target += factor·a.</summary>
    public void AddLinear(HandBlock block, LinearForm a, int target, double factor = 1)
    {
        if (geluScale is null)
        {
            block.Units.Add(new HandUnit(Read(a), 0, new double[width], 1, Into(target, factor)));
            return;
        }
        block.Units.Add(Gelu(Read(a), GeluLinear, target, factor));
        block.Bias[target] -= factor * GeluLinear;
    }

    /// <summary>target += constant.</summary>
    public static void AddConstant(HandBlock block, int target, double constant) => block.Bias[target] += constant;

    public HandTransformer Build(IReadOnlyList<HandBlock> blocks) => new(blocks, bilinear: geluScale is null);

    /// <summary>A head that reads one token for certain: position i reads position <paramref name="from"/>(i).</summary>
    private HandHead Head(Func<int, int> from)
    {
        var (query, key) = (new double[tokens, width], new double[tokens, width]);
        for (var i = 0; i < tokens; i++)
        {
            query[from(i), FirstPosition + i] = Certain;
            key[i, FirstPosition + i] = 1;
        }
        return new HandHead(query, key, new double[width, width]);
    }

    private void Pad(HandBlock block, int slot, double size)
    {
        var head = Head(i => i);
        foreach (var (padding, sign) in new[] { (UpperPadding, 1), (LowerPadding, -1) })
            (head.Value[padding, slot], head.Value[padding, One]) = (sign * size, -sign * size);
        block.Heads.Add(head);
    }

    /// <summary>Weights that read a form of the normed stream. LayerNorm takes off the mean, which the zero carries too, and divides by N·√(2/width).</summary>
    private double[] Read(LinearForm form)
    {
        var weights = new double[width];
        var scale = Padding * Math.Sqrt(2.0 / width);
        foreach (var (slot, weight) in form.Terms)
        {
            weights[slot] += weight * scale;
            weights[Zero] -= weight * scale;
        }
        return weights;
    }

    private HandUnit Gelu(double[] weights, double offset, int target, double factor) => new(weights, offset, [], 0, Into(target, factor));

    private double[] Into(int target, double factor)
    {
        var output = new double[width];
        output[target] = factor;
        return output;
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Scaled(double[] a, double s) => [.. a.Select(x => x * s)];
}
