using Attune.Methods.Learners;
using Attune.Methods.Retrieval;
using Attune.Tensors;

namespace Attune.Methods.Head;

/// <summary>
/// The bridge of TART (arXiv 2306.07536, §4.2): principal components of the labelled rows' embeddings, their mean taken off, whitened by their covariance (n − 1).
/// Principal coordinates are uncorrelated, so whitening divides each by √(λ + 10⁻⁸·λ₁). No label enters. What is left of the d coordinates is 0.
/// </summary>
public sealed class WhitenedFeatures
{
    /// <summary>Added to a variance, as a share of the largest.</summary>
    private const double Epsilon = 1e-8;

    private readonly float[] mean;
    private readonly float[][] components;

    private WhitenedFeatures(float[] mean, float[][] components, int dimensions) => (this.mean, this.components, Dimensions) = (mean, components, dimensions);

    /// <summary>d: numbers of a feature vector.</summary>
    public int Dimensions { get; }

    /// <summary>Numbers of an embedding.</summary>
    public int Inputs => mean.Length;

    /// <summary>Coordinates in use: at most half as many as there are rows, since variance of later ones is mostly noise.</summary>
    public int Used => components.Length;

    /// <exception cref="AttuneException">There are fewer than 2 rows.</exception>
    public static WhitenedFeatures Fit(IReadOnlyList<float[]> embeddings, int dimensions)
    {
        if (embeddings.Count < 2)
            throw new AttuneException($"whitening needs at least 2 rows and has {embeddings.Count}; give more shots");
        var found = PrincipalComponents.Fit(PointSet.Of(embeddings), Math.Min(dimensions, Math.Max(1, embeddings.Count / 2)));
        var floor = found.Variances.Length == 0 ? 0 : Epsilon * found.Variances[0];
        var rows = found.Components.Select((c, i) => Array.ConvertAll(c, v => (float)(v / Math.Sqrt(found.Variances[i] + floor)))).ToArray();
        return new WhitenedFeatures(Array.ConvertAll(found.Mean, m => (float)m), rows, dimensions);
    }

    /// <summary>z_i = (e − mean)·componentᵢ/√λᵢ, zeros behind the coordinates in use: [embeddings.Count, d].</summary>
    public float[] Of(IReadOnlyList<float[]> embeddings)
    {
        var result = new float[embeddings.Count * Dimensions];
        for (var row = 0; row < embeddings.Count; row++)
        {
            var e = embeddings[row];
            if (e.Length != mean.Length)
                throw new AttuneException($"the embedding has {e.Length} numbers, the features were fitted on {mean.Length}; give the encoder that they were fitted with");
            for (var c = 0; c < components.Length; c++)
            {
                var sum = 0.0;
                for (var i = 0; i < e.Length; i++)
                    sum += ((double)e[i] - mean[i]) * components[c][i];
                result[row * Dimensions + c] = (float)sum;
            }
        }
        return result;
    }

    public void Save(TensorBag bag)
    {
        bag.Add("features.mean", 1, mean.Length, mean);
        bag.Add("features.components", components.Length, mean.Length, [.. components.SelectMany(c => c)]);
    }

    public static WhitenedFeatures Load(TensorBag bag, int dimensions)
    {
        var (mean, components) = (bag.Get("features.mean"), bag.Get("features.components"));
        if (components.Columns != mean.Values.Length || components.Rows > dimensions)
            throw new AttuneException($"the features' components are [{components.Rows}, {components.Columns}] for {mean.Values.Length} numbers and {dimensions} coordinates; fit the adaptation again");
        return new WhitenedFeatures(mean.Values, [.. Enumerable.Range(0, components.Rows).Select(r => components.Values.AsSpan(r * components.Columns, components.Columns).ToArray())], dimensions);
    }
}
