using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>Models of the catalog that nobody has trained yet.</summary>
public static class NewModel
{
    /// <summary>A model of any architecture and size, with initial weights.</summary>
    /// <param name="configuration">The keys of config.json; model_type says the architecture.</param>
    /// <param name="where">What a message names as the place of the configuration.</param>
    /// <exception cref="AttuneException">The architecture is not known, or a key is missing, or sizes contradict each other; the message says which.</exception>
    public static TransformerModel Create(JsonObject configuration, SeededRandom random, ModelOptions? options = null, string where = "the configuration")
    {
        using var document = JsonDocument.Parse(configuration.ToJsonString());
        var json = new ConfigurationJson(document.RootElement.Clone(), where);
        var architecture = ArchitectureCatalog.Of(json);
        return architecture.Create(new ArchitectureContext(json, new InitialWeights(architecture, json, random), options));
    }

    /// <summary>
    /// A model whose weights are undefined and take no memory as long as nobody touches them: its sizes can be read. <paramref name="asked"/> takes the names of the keys that its
    /// architecture knows.
    /// </summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static TransformerModel Unset(JsonObject configuration, string where = "the configuration", ISet<string>? asked = null)
    {
        using var document = JsonDocument.Parse(configuration.ToJsonString());
        var json = new ConfigurationJson(document.RootElement.Clone(), where) { Asked = asked };
        return ArchitectureCatalog.Of(json).Create(new ArchitectureContext(json, new UnsetWeights(where)));
    }

    private sealed class UnsetWeights(string where) : IWeightSource
    {
        public bool Has(string name) => false;

        public WeightMatrix Matrix(string name, int rows, int columns, bool transposed = false)
        {
            Require(name, rows, columns);
            return WeightMatrix.Unset(rows, columns);
        }

        public float[] Values(string name, params int[] shape)
        {
            Require(name, shape);
            return new float[shape.Aggregate(1, (a, b) => checked(a * b))];
        }

        /// <summary>Of what is larger than the machine, not even the addresses can be had.</summary>
        private void Require(string name, params int[] shape)
        {
            var (bytes, there) = (shape.Aggregate(4.0, (a, b) => a * b), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            if (bytes > there)
                throw new AttuneException(FormattableString.Invariant($"'{where}' is too large: '{name}' [{string.Join(", ", shape)}] alone takes {bytes / (1L << 30):#,0} GiB, over four times that in training, and this machine has {there / (double)(1L << 30):0.#} GiB of memory; choose smaller sizes"), AttuneErrorKind.Work);
        }
    }
}
