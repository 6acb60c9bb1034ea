using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions;

/// <summary>
/// An architecture of the catalog that reads vectors instead of tokens and writes vectors instead of scores, all of its weights trained. Every position holds token 0;
/// a site of the embeddings adds V·x to that token's vector, so what the architecture does about positions stays as it is. A linear map with
/// a bias reads the states behind the last norm. Not thread-safe.
/// </summary>
public sealed class VectorLearner : IDisposable
{
    private readonly TransformerModel model;
    private readonly List<Parameter> parameters = [];
    private readonly InputSite input;
    private readonly Parameter readout;
    private readonly Parameter bias;
    private readonly List<StateReader> readers = [];
    private readonly TokenBatch batch = new();
    private (int Sequences, int Length) shape;

    /// <param name="configuration">
    /// Keys of config.json: model_type and sizes. vocab_size is set to 1 and the head tied. A decoder, since rows see what stands before them.
    /// </param>
    /// <param name="inputs">Numbers of a vector that is read.</param>
    /// <param name="outputs">Numbers of a vector that is written.</param>
    /// <param name="random">Draws the initial weights.</param>
    /// <exception cref="AttuneException">The configuration is no model of the catalog.</exception>
    public VectorLearner(JsonObject configuration, int inputs, int outputs, SeededRandom random)
    {
        var own = (JsonObject)configuration.DeepClone();
        (own["vocab_size"], own["tie_word_embeddings"]) = (1, true);
        model = NewModel.Create(own, random.Fork("weights"));
        Sites = new SiteSet(model, "trained");
        parameters.AddRange(TrainedModule.AttachAll(model, Sites));
        (Inputs, Outputs) = (inputs, outputs);
        input = new InputSite(Uniform("input.weight", model.Hidden, inputs, random));
        readout = Uniform("output.weight", outputs, model.Hidden, random);
        bias = new Parameter("output.bias", 1, outputs);
        Sites.Embeddings.Add(input);
        parameters.AddRange([input.Map, readout, bias]);
    }

    /// <summary>A GPT-2: learned positions, pre-norm blocks, GELU. Its maps begin with a deviation of 1/√(3·width), which small nets learn faster from than from 0.02.</summary>
    public static VectorLearner Gpt2(int layers, int heads, int width, int positions, int inputs, int outputs, SeededRandom random) =>
        new(Gpt2Configuration(layers, heads, width, positions), inputs, outputs, random);

    /// <summary>The configuration that <see cref="Gpt2"/> makes a learner of, to be changed.</summary>
    public static JsonObject Gpt2Configuration(int layers, int heads, int width, int positions) => new()
    {
        ["model_type"] = "gpt2",
        ["n_embd"] = width,
        ["n_layer"] = layers,
        ["n_head"] = heads,
        ["n_positions"] = positions,
        ["initializer_range"] = 1 / Math.Sqrt(3.0 * width),
    };

    /// <summary>A decoder without positions of any kind: GPT-NeoX with no rotated dimension, pre-norm blocks one after the other, GELU.</summary>
    public static JsonObject NoPositionsConfiguration(int layers, int heads, int width, int positions) => new()
    {
        ["model_type"] = "gpt_neox",
        ["hidden_size"] = width,
        ["num_hidden_layers"] = layers,
        ["num_attention_heads"] = heads,
        ["intermediate_size"] = 4 * width,
        ["max_position_embeddings"] = positions,
        ["rotary_pct"] = 0.0,
        ["use_parallel_residual"] = false,
        ["initializer_range"] = 1 / Math.Sqrt(3.0 * width),
    };

    public int Inputs { get; }

    public int Outputs { get; }

    public int Layers => model.Layers;

    public int Width => model.Hidden;

    /// <summary>All that is trained, input and output maps too.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Where readers and changes of activations hang; the trained weights hang there already.</summary>
    public SiteSet Sites { get; }

    /// <summary>The output at every position: [sequences·length, inputs] → [sequences·length, outputs]; a position sees those before it in its sequence.</summary>
    /// <param name="vectors">Row after row, sequence after sequence.</param>
    public Tensor Forward(Graph graph, ReadOnlySpan<float> vectors, int sequences, int length) => ForwardRows(graph, vectors, sequences, length, []);

    /// <summary>The output at some rows: → [rows.Length, outputs]. Row numbers count over all sequences and ascend; none: all of them.</summary>
    public Tensor ForwardRows(Graph graph, ReadOnlySpan<float> vectors, int sequences, int length, ReadOnlySpan<int> rows)
    {
        if (vectors.Length != sequences * length * Inputs)
            throw new ArgumentException($"VectorLearner: {vectors.Length} numbers are not {sequences} sequences of {length} vectors of {Inputs}");
        Arrange(sequences, length);
        input.Vectors = graph.Persistent.Matrix(batch.Count, Inputs);
        vectors.CopyTo(input.Vectors.Span);
        var states = rows.IsEmpty ? model.Forward(graph, batch, Sites)
            : model is CausalLanguageModel causal ? causal.ForwardRows(graph, batch, Sites, rows)
            : graph.GatherRows(model.Forward(graph, batch, Sites), rows);
        return graph.AddBias(graph.Product(states, graph.Use(readout)), graph.Use(bias));
    }

    /// <summary>The residual stream: [Layers + 1][sequences·length·Width], before the first block and behind each.</summary>
    public float[][] States(ReadOnlySpan<float> vectors, int sequences, int length)
    {
        if (readers.Count == 0)
            AddReaders();
        using var graph = new Graph(recording: false);
        readers.ForEach(r => r.Reads = true);
        Forward(graph, vectors, sequences, length);
        readers.ForEach(r => r.Reads = false);
        return [.. readers.Select(r => r.Read)];
    }

    /// <summary>The output at every position as numbers, without a tape.</summary>
    public float[] Predict(ReadOnlySpan<float> vectors, int sequences, int length)
    {
        using var graph = new Graph(recording: false);
        return Forward(graph, vectors, sequences, length).Span.ToArray();
    }

    public void Dispose()
    {
        parameters.ForEach(p => p.Dispose());
        model.Dispose();
    }

    private void AddReaders()
    {
        for (var layer = 0; layer <= Layers; layer++)
        {
            readers.Add(new StateReader());
            Sites.Add(layer == 0 ? ActivationPoint.BlockInput : ActivationPoint.BlockOutput, Math.Max(0, layer - 1), readers[layer]);
        }
    }

    private void Arrange(int sequences, int length)
    {
        if (shape == (sequences, length))
            return;
        batch.Clear();
        var tokens = new int[length];
        for (var i = 0; i < sequences; i++)
            batch.Add(tokens);
        shape = (sequences, length);
    }

    /// <summary>Uniform in ±1/√columns.</summary>
    private static Parameter Uniform(string name, int rows, int columns, SeededRandom random)
    {
        var parameter = new Parameter(name, rows, columns);
        var (stream, limit) = (random.Fork(name), 1 / Math.Sqrt(columns));
        foreach (ref var value in parameter.Value.Span)
            value = (float)(limit * (2 * stream.NextDouble() - 1));
        return parameter;
    }

    private sealed class InputSite(Parameter map) : ITensorSite
    {
        public Parameter Map => map;

        public Tensor Vectors { get; set; }

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch) => graph.Add(value, graph.Product(Vectors, graph.Use(map)));
    }

    private sealed class StateReader : ITensorSite
    {
        public bool Reads { get; set; }

        public float[] Read { get; private set; } = [];

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            if (Reads)
                Read = value.Span.ToArray();
            return value;
        }
    }
}
