namespace Attune.Reproductions;

/// <summary>The mean of the k nearest pairs' y by Euclidean distance (all of them where there are fewer), plain or weighted by 1/distance²; 0 without pairs.</summary>
public sealed record NearestRegressor(int K = 3, bool Weighted = false) : IRegressor
{
    public string Name => Weighted ? $"{K}-NN weighted" : $"{K}-NN";

    public double Predict(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> query)
    {
        var distances = new double[y.Length];
        var order = new int[y.Length];
        for (var i = 0; i < y.Length; i++)
        {
            order[i] = i;
            for (var j = 0; j < query.Length; j++)
                distances[i] += (x[i * query.Length + j] - query[j]) * (x[i * query.Length + j] - query[j]);
        }
        // By distance, then by place: the sort alone is not stable.
        Array.Sort(order, (a, b) => distances[a] != distances[b] ? distances[a].CompareTo(distances[b]) : a.CompareTo(b));
        var (sum, total) = (0.0, 0.0);
        foreach (var i in order.AsSpan(0, Math.Min(K, order.Length)))
        {
            if (Weighted && distances[i] == 0)
                return y[i];
            var weight = Weighted ? 1 / distances[i] : 1;
            (sum, total) = (sum + weight * y[i], total + weight);
        }
        return total == 0 ? 0 : sum / total;
    }
}
