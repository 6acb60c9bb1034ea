namespace Attune.Reproductions;

/// <summary>
/// Linear regression by a transformer whose weights are set by hand (Akyürek et al. 2023, theorems 1 and 2). Tokens: a first one with the state at the start, then x₁, y₁, x₂, y₂ … Each group of blocks lets
/// every y-token take the state from the y-token before it and do one step with its pair, so that after n groups n pairs are in. The last block predicts at each x.
/// </summary>
internal sealed class HandBuiltRegressor
{
    private readonly HandAssembler assembler;
    private readonly HandTransformer transformer;
    private readonly double[] start;
    private readonly int dimensions, pairs, input, label, output;
    private readonly int state;

    private HandBuiltRegressor(int dimensions, int pairs, int stateSlots, int workSlots, double[] start, double? geluScale, Func<HandSlots, int> solution, Func<HandAssembler, HandSlots, HandBlock[]> group)
    {
        (this.dimensions, this.pairs, this.start) = (dimensions, pairs, start);
        var tokens = 1 + (2 * pairs);
        input = HandAssembler.FirstOwn(tokens);
        label = input + dimensions;
        var pair = label + 2;
        var weights = pair + dimensions;
        output = weights + dimensions;
        state = output + 1;
        var slots = new HandSlots(dimensions, input, label, pair, weights, state, state + stateSlots);
        assembler = new HandAssembler(tokens, slots.Work + workSlots - input, geluScale);
        var blocks = group(assembler, slots);
        transformer = assembler.Build([.. Enumerable.Repeat(blocks, pairs).SelectMany(b => b), Readout(slots, solution(slots))]);
    }

    /// <summary>One step of gradient descent a pair, w ← w − 2α(x(w·x) − xy + λw), from <paramref name="start"/>: two blocks.</summary>
    public static HandBuiltRegressor GradientSteps(double[] start, int pairs, double rate, double lambda, double? geluScale = null)
    {
        var d = start.Length;
        return new HandBuiltRegressor(d, pairs, stateSlots: d, workSlots: 1, start, geluScale, s => s.State, (assembler, s) =>
        {
            var product = s.Work;
            var first = Begin(assembler, s, d);
            assembler.Clear(first, product, 1);
            for (var j = 0; j < d; j++)
                assembler.AddProduct(first, s.State + j, s.Pair + j, product);
            var second = assembler.Block();
            for (var j = 0; j < d; j++)
            {
                assembler.AddProduct(second, s.Pair + j, new LinearForm((product, 1), (s.Label, -1)), s.State + j, -2 * rate);
                assembler.AddProduct(second, s.State + j, s.IsLabel, s.State + j, -2 * rate * lambda);
            }
            return [first, second];
        });
    }

    /// <summary>
    /// One Sherman–Morrison step a pair, A ← A − Axxᵀ A/(1 + xᵀAx), b ← b + xy, w = Ab, from A = I/λ and b = 0: ridge regression in closed form, four blocks.
    /// </summary>
    public static HandBuiltRegressor ShermanMorrison(int dimensions, int pairs, double lambda, double? geluScale = null)
    {
        var d = dimensions;
        var start = new double[d * d + d];
        for (var j = 0; j < d; j++)
            start[j * d + j] = 1 / lambda;
        return new HandBuiltRegressor(d, pairs, start.Length, workSlots: d + 1 + d * d, start, geluScale, s => s.Weights, (assembler, s) =>
        {
            var (inverse, moment) = (s.State, s.State + d * d);
            var (projected, divisor, outer) = (s.Work, s.Work + d, s.Work + d + 1);
            var first = Begin(assembler, s, d * d + d);
            assembler.Clear(first, s.Work, d + 1 + d * d);
            for (var i = 0; i < d; i++)
            {
                assembler.AddProduct(first, s.Pair + i, s.Label, moment + i);
                for (var j = 0; j < d; j++)
                    assembler.AddProduct(first, inverse + i * d + j, s.Pair + j, projected + i);
            }
            var second = assembler.Block();
            HandAssembler.AddConstant(second, divisor, 1);
            for (var i = 0; i < d; i++)
            {
                assembler.AddProduct(second, s.Pair + i, projected + i, divisor);
                for (var j = 0; j < d; j++)
                    assembler.AddProduct(second, projected + i, projected + j, outer + i * d + j);
            }
            var third = assembler.Block();
            assembler.DivideBy(third, divisor);
            for (var e = 0; e < d * d; e++)
                assembler.AddLinear(third, outer + e, inverse + e, -1);
            return [first, second, third, Solution(assembler, s, inverse, moment, divisor)];
        });
    }

    /// <summary>The predictions at each x from the pairs before it; those pairs are all that is used of the sequence.</summary>
    public double[] Predict(RegressionSequence sequence)
    {
        var tokens = Enumerable.Range(0, 1 + (2 * pairs)).Select(assembler.Token).ToArray();
        start.CopyTo(tokens[0], state);
        for (var i = 0; i < pairs; i++)
        {
            sequence.Input(i).CopyTo(tokens[1 + 2 * i].AsSpan(input));
            (tokens[2 + 2 * i][label], tokens[2 + 2 * i][label + 1]) = (sequence.Y[i], 1);
        }
        var stream = transformer.Run(tokens);
        return [.. Enumerable.Range(0, pairs).Select(i => stream[1 + 2 * i][output])];
    }

    /// <summary>A y-token takes its x from the token before it, and the state from the y-token before that.</summary>
    private static HandBlock Begin(HandAssembler assembler, HandSlots s, int stateSlots)
    {
        var block = assembler.Block();
        assembler.Move(block, 1, s.Input, s.Pair, s.Dimensions);
        assembler.Move(block, 2, s.State, s.State, stateSlots);
        return block;
    }

    /// <summary>w = Ab, and the paddings as before.</summary>
    private static HandBlock Solution(HandAssembler assembler, HandSlots s, int inverse, int moment, int divisor)
    {
        var block = assembler.Block();
        assembler.Restore(block, divisor);
        assembler.Clear(block, s.Weights, s.Dimensions);
        for (var i = 0; i < s.Dimensions; i++)
            for (var j = 0; j < s.Dimensions; j++)
                assembler.AddProduct(block, inverse + i * s.Dimensions + j, moment + j, s.Weights + i);
        return block;
    }

    /// <summary>An x-token takes w from the y-token before it, and multiplies.</summary>
    private HandBlock Readout(HandSlots s, int solution)
    {
        var block = assembler.Block();
        assembler.Move(block, 1, solution, s.Weights, dimensions);
        for (var j = 0; j < dimensions; j++)
            assembler.AddProduct(block, s.Weights + j, s.Input + j, output);
        return block;
    }
}
