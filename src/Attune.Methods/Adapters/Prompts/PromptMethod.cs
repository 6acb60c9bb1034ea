using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>What the methods have in common that train virtual tokens: the configuration, and first vectors out of the vocabulary.</summary>
public abstract class PromptMethod<TOptions> : AdapterMethod<TOptions>
    where TOptions : PromptOptions, new()
{
    protected sealed override IReadOnlyList<string>? Targets(TOptions options) => null;

    protected override void Begin(AdapterStart start, TOptions options)
    {
        RequirePositive("virtual-tokens", options.VirtualTokens);
        var model = start.Model.Transformer;
        RequireSite(start, Card.Site);
        var c = start.Configuration;
        c["num_virtual_tokens"] = options.VirtualTokens;
        c["num_transformer_submodules"] = model is EncoderDecoderModel ? 2 : 1;
        c["num_attention_heads"] = model.Heads;
        c["num_layers"] = model.Layers;
        c["token_dim"] = model.Hidden;
    }

    /// <summary>Vectors of tokens drawn from the vocabulary, as prompt tuning begins.</summary>
    protected static float[] Drawn(AdapterStart start, int count)
    {
        var table = start.Model.Transformer.Tables[0];
        var random = start.Context.Random("prompt");
        var rows = new float[count * table.Columns];
        for (var i = 0; i < count; i++)
            table.Weight.ReadRow(random.Next(table.Rows), rows.AsSpan(i * table.Columns, table.Columns));
        return rows;
    }

    /// <summary>Rows of a prompt that PEFT stores: twice as many where the model has an encoder.</summary>
    protected static int Rows(AdapterStart start, TOptions options) => options.VirtualTokens * (start.Model.Transformer is EncoderDecoderModel ? 2 : 1);

    private void RequireSite(AdapterStart start, SiteKind site)
    {
        if (!start.Model.Transformer.Sites.Contains(site))
            throw new AttuneException($"{Card.Name}: {start.Model.Transformer.Architecture} has no site '{site}'; use another method");
    }
}
