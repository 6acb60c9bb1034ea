using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="PTuning"/>.</summary>
public sealed record PTuningOptions : PromptOptions
{
    [Option("width of the encoder")]
    public int EncoderWidth { get; init; } = 128;

    [Option("an LSTM both ways before the encoder's layers; otherwise three layers alone")]
    public bool Lstm { get; init; }
}

/// <summary>
/// P-tuning (Liu et al. 2021, section 3.2): the vectors before the input come out of a small network, a bidirectional LSTM with two layers behind it, or three layers. PEFT saves its result;
/// where the network stands beside it (training_state.safetensors) it is trained on.
/// </summary>
public sealed class PTuning : PromptMethod<PTuningOptions>, IAdapterKind
{
    private const string Prefix = "prompt_encoder.";

    public override MethodCard Card { get; } = new()
    {
        Name = "p-tuning",
        Summary = "Trains vectors before every prompt through a small network that makes them.",
        Paper = "Liu et al., GPT Understands, Too, 2021 (arXiv 2103.10385)",
        Site = SiteKind.Embeddings,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "P_TUNING";

    public PeftAdapter Read(AdapterReader reader)
    {
        var settings = PromptSettings.Read(reader, reader.Model.Hidden);
        var (width, kind, layers) = (reader.Positive("encoder_hidden_size"), reader.Text("encoder_reparameterization_type") ?? "MLP", reader.Integer("encoder_num_layers", 2));
        reader.Ignore("encoder_dropout");
        if (!reader.HasState(Prefix + "embedding.weight"))
        {
            var prompt = reader.Trained("prompt_embeddings", settings.Stored, settings.Width);
            return new SoftPromptAdapter(reader, settings.Tokens, (graph, _) => graph.Use(prompt));
        }
        var embedding = reader.TrainedState(Prefix + "embedding.weight", settings.Stored, settings.Width);
        IPromptEncoder encoder = kind switch
        {
            "MLP" => new LayeredEncoder(reader, Prefix + "mlp_head.", [settings.Width, width, width, settings.Width], tanh: false),
            "LSTM" => new RecurrentEncoder(reader, Prefix, settings.Width, width, layers),
            _ => throw reader.Refused($"makes its prompt by '{kind}', which is not known; known are MLP and LSTM"),
        };
        Tensor Rows(Graph graph, int task) => encoder.Apply(graph, graph.Use(embedding));
        reader.Derive("prompt_embeddings", () => Evaluated.Of(graph => Rows(graph, 0)), settings.Stored, settings.Width);
        return new SoftPromptAdapter(reader, settings.Tokens, Rows);
    }

    protected override void Begin(AdapterStart start, PTuningOptions options)
    {
        base.Begin(start, options);
        RequirePositive("encoder-width", options.EncoderWidth);
        var (count, hidden, inner) = (Rows(start, options), start.Model.Transformer.Hidden, options.EncoderWidth);
        var c = start.Configuration;
        (c["encoder_hidden_size"], c["encoder_reparameterization_type"], c["encoder_num_layers"], c["encoder_dropout"]) = (inner, options.Lstm ? "LSTM" : "MLP", 2, 0.0);
        start.Fill("prompt_embeddings", 0, count, hidden);
        var random = start.Context.Random("encoder");
        start.State(Prefix + "embedding.weight", [count, hidden], Drawn(start, count));
        if (!options.Lstm)
        {
            LayeredEncoder.Begin(start, Prefix + "mlp_head.", [hidden, inner, inner, hidden], random);
            return;
        }
        RecurrentEncoder.Begin(start, Prefix, hidden, inner, layers: 2, random);
    }
}
