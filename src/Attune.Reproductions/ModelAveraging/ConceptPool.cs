using Attune.Tensors;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>
/// A finite set Z of concepts with a prior, each a table P(r | c, z) of responses by covariate (arXiv 2305.19420, section 3, in its discrete form).
/// A prompt draws z once, then covariates evenly and responses from z's table.
/// </summary>
internal sealed class ConceptPool
{
    private readonly double[,,] tables, logs;
    private readonly double[] prior;

    /// <param name="tables">P(r | c, z) as [z, c, r]; every row sums to 1.</param>
    /// <param name="prior">P(z); null: even.</param>
    public ConceptPool(double[,,] tables, IReadOnlyList<double>? prior = null)
    {
        this.tables = tables;
        logs = new double[Count, Covariates, Responses];
        for (var z = 0; z < Count; z++)
            for (var c = 0; c < Covariates; c++)
                for (var r = 0; r < Responses; r++)
                    logs[z, c, r] = Math.Log(tables[z, c, r]);
        this.prior = prior is null ? [.. Enumerable.Repeat(1.0 / Count, Count)] : [.. prior];
    }

    /// <summary>|Z|.</summary>
    public int Count => tables.GetLength(0);

    /// <summary>|C|.</summary>
    public int Covariates => tables.GetLength(1);

    /// <summary>|R|.</summary>
    public int Responses => tables.GetLength(2);

    /// <summary>P(z).</summary>
    public double Prior(int concept) => prior[concept];

    /// <summary>P(r | c, z).</summary>
    public double Probability(int concept, int covariate, int response) => tables[concept, covariate, response];

    /// <summary>ln P(r | c, z).</summary>
    public double Log(int concept, int covariate, int response) => logs[concept, covariate, response];

    /// <summary>Concepts whose rows are drawn from Dirichlet(1, …, 1), with an even prior.</summary>
    public static ConceptPool Draw(int concepts, int covariates, int responses, SeededRandom random)
    {
        var tables = new double[concepts, covariates, responses];
        for (var z = 0; z < concepts; z++)
            for (var c = 0; c < covariates; c++)
            {
                var total = 0.0;
                for (var r = 0; r < responses; r++)
                    total += tables[z, c, r] = -Math.Log(1 - random.NextDouble());
                for (var r = 0; r < responses; r++)
                    tables[z, c, r] /= total;
            }
        return new ConceptPool(tables);
    }

    /// <summary>Draws a concept by the prior and <paramref name="length"/> pairs of it.</summary>
    public ConceptSequence Sample(int length, SeededRandom random)
    {
        var concept = Pick(Count, Prior, random);
        var (covariates, responses) = (new int[length], new int[length]);
        for (var t = 0; t < length; t++)
        {
            var c = covariates[t] = random.Next(Covariates);
            responses[t] = Pick(Responses, r => tables[concept, c, r], random);
        }
        return new ConceptSequence(concept, covariates, responses);
    }

    private static int Pick(int count, Func<int, double> probability, SeededRandom random)
    {
        var left = random.NextDouble();
        for (var i = 0; i < count - 1; i++)
            if ((left -= probability(i)) < 0)
                return i;
        return count - 1;
    }
}
