using Attune.Models.Sites;

namespace Attune.Methods.Adapters;

/// <summary>Prompt tuning (Lester et al. 2021): trained vectors before the input's embeddings, which begin as those of tokens of the vocabulary.</summary>
public sealed class PromptTuning : PromptMethod<PromptOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "prompt-tuning",
        Summary = "Trains vectors that stand before every prompt.",
        Paper = "Lester et al., The Power of Scale for Parameter-Efficient Prompt Tuning, EMNLP 2021",
        Site = SiteKind.Embeddings,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "PROMPT_TUNING";

    public PeftAdapter Read(AdapterReader reader)
    {
        var settings = PromptSettings.Read(reader, reader.Model.Hidden);
        reader.Ignore("prompt_tuning_init", "prompt_tuning_init_text");
        var prompt = reader.Trained("prompt_embeddings", settings.Stored, settings.Width);
        return new SoftPromptAdapter(reader, settings.Tokens, (graph, _) => graph.Use(prompt));
    }

    protected override void Begin(AdapterStart start, PromptOptions options)
    {
        base.Begin(start, options);
        start.Configuration["prompt_tuning_init"] = "RANDOM";
        start.Add("prompt_embeddings", [Rows(start, options), start.Model.Transformer.Hidden], Drawn(start, Rows(start, options)));
    }
}
