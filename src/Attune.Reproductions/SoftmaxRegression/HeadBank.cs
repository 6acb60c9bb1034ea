using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>
/// Several nets of one attention layer that see the same batches, computed at once because each is tiny: heads of full rank d + 1, no residual, no norm, no bias,
/// no positions, and the query does not attend to itself:
/// ŷ = Σ_h O_h V_h Z·softmax(Zᵀ K_hᵀ Q_h z_q/√(d+1)), Q, K, V of [d+1, d+1], O of [1, d+1]. A linear bank has scores/divisor in the place of the softmax.
/// Nets share no weight and their losses are summed, so under an optimizer that moves each entry by its own gradient each is trained as if alone.
/// Source: Y. Chen et al., "In-Context Linear Regression Demystified", arXiv 2503.12734.
/// </summary>
public sealed class HeadBank : IDisposable
{
    private readonly int token, all;
    private readonly int[] heads, spread;
    private readonly bool softmax;
    private readonly Parameter query, key, value, output;

    /// <param name="token">d + 1.</param>
    /// <param name="heads">How many heads each net has.</param>
    /// <param name="softmax">False: linear attention.</param>
    public HeadBank(int token, IReadOnlyList<int> heads, bool softmax, SeededRandom random)
    {
        (this.token, this.heads, this.softmax, all) = (token, [.. heads], softmax, heads.Sum());
        var kind = softmax ? "softmax" : "linear";
        query = new Parameter($"{kind}.query", all * token, token);
        key = new Parameter($"{kind}.key", all * token, token);
        value = new Parameter($"{kind}.value", all * token, token);
        output = new Parameter($"{kind}.output", all, token);
        spread = Spread();
        var first = 0;
        for (var net = 0; net < heads.Count; net++)
        {
            // Each net draws from a stream of its own, so that it does not depend on its neighbours. Linear maps of torch: U(−1/√inputs, 1/√inputs).
            var count = heads[net];
            var stream = random.Fork(FormattableString.Invariant($"{count} heads, {heads.Take(net).Count(h => h == count)}"));
            Draw(stream, query, first * token, count * token, token);
            Draw(stream, key, first * token, count * token, token);
            Draw(stream, value, first * token, count * token, token);
            Draw(stream, output, first, count, token * count);
            first += count;
        }
    }

    public IReadOnlyList<Parameter> Parameters => [query, key, value, output];

    /// <summary>Predictions of all nets: [sequences, nets].</summary>
    /// <param name="divisor">What a linear bank divides its scores by.</param>
    public Tensor Predict(Graph graph, RegressionBatch batch, double divisor = 1)
    {
        // The stored key is Kᵀ, so a head's circuit is one product, and a query one vector that the tokens are compared with.
        var circuit = graph.Scale(graph.BatchedProduct(graph.Use(key), graph.Use(query), all), (float)(1 / Math.Sqrt(token))); // [all·(d+1), d+1]
        var compared = graph.Product(batch.Queries, circuit).Reshape(batch.Count * all, token);
        var scores = graph.BatchedProduct(compared, batch.Tokens, batch.Count, transposed: true); // [sequences·all, L]
        var weights = softmax ? graph.Softmax(scores) : graph.Scale(scores, (float)(1 / divisor));
        var read = graph.BatchedProduct(weights, batch.Tokens, batch.Count).Reshape(batch.Count, all * token);
        var given = graph.BatchedProduct(graph.Use(output), graph.Use(value), all); // [all, d+1]
        return graph.Product(read, graph.GatherElements(given, spread, heads.Length, all * token));
    }

    /// <summary>Σ over nets of the mean of (ŷ − y_q)².</summary>
    public Tensor Loss(Graph graph, RegressionBatch batch, double divisor = 1)
    {
        var targets = graph.Persistent.Matrix(batch.Count, heads.Length);
        for (var s = 0; s < batch.Count; s++)
            targets[s].Fill(batch.Targets[s]);
        return graph.Scale(graph.MeanSquaredError(Predict(graph, batch, divisor), targets, Reduction.Sum), 1f / batch.Count);
    }

    /// <summary>The circuits of the heads of a net.</summary>
    public HeadCircuit[] Circuits(int net)
    {
        using var graph = new Graph(recording: false);
        var circuit = graph.BatchedProduct(key.Value, query.Value, all);
        var given = graph.BatchedProduct(output.Value, value.Value, all);
        var result = new HeadCircuit[heads[net]];
        for (var i = 0; i < result.Length; i++)
        {
            var head = heads[..net].Sum() + i;
            var keyQuery = new double[token, token];
            for (var r = 0; r < token; r++)
                for (var c = 0; c < token; c++)
                    keyQuery[r, c] = circuit[head * token + r][c];
            result[i] = new HeadCircuit(keyQuery, [.. given[head].ToArray().Select(v => (double)v)]);
        }
        return result;
    }

    /// <summary>Puts the ideal circuits into the first net: diag(ω_h√(d+1), …, 0) and (0, …, 0, μ_h).</summary>
    public void Plug(ReadOnlySpan<double> omega, ReadOnlySpan<double> mu)
    {
        foreach (var parameter in Parameters)
            parameter.Value.Clear();
        for (var h = 0; h < heads[0]; h++)
        {
            for (var i = 0; i < token; i++)
            {
                key.Value[h * token + i][i] = value.Value[h * token + i][i] = 1;
                query.Value[h * token + i][i] = i == token - 1 ? 0 : (float)(omega[h] * Math.Sqrt(token));
            }
            output.Value[h][token - 1] = (float)mu[h];
        }
    }

    public void Dispose()
    {
        foreach (var parameter in Parameters)
            parameter.Dispose();
    }

    /// <summary>Where each entry of [nets, all·(d+1)] comes from, of the OV circuits [all, d+1]: a net reads its own heads only.</summary>
    private int[] Spread()
    {
        var places = new int[heads.Length * all * token];
        Array.Fill(places, -1);
        var head = 0;
        for (var net = 0; net < heads.Length; net++)
            for (var last = head + heads[net]; head < last; head++)
                for (var i = 0; i < token; i++)
                    places[(net * all + head) * token + i] = head * token + i;
        return places;
    }

    private static void Draw(SeededRandom random, Parameter parameter, int firstRow, int rows, int inputs)
    {
        var bound = 1 / Math.Sqrt(inputs);
        foreach (ref var value in parameter.Value.Slice(firstRow, rows).Span)
            value = (float)((2 * random.NextDouble() - 1) * bound);
    }
}
