using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Architectures;

/// <summary>CLIP (Radford et al. 2021): pre-norm towers of causal texts and of images with a class token; a text's vector is that of its end token.</summary>
internal sealed class Clip : IArchitecture
{
    /// <summary>What OpenAI's files say for the end token, which is none: theirs is the largest id.</summary>
    private const int WrongEnd = 2;

    private static readonly JsonObject TextDefaults = new()
    {
        ["vocab_size"] = 49408, ["hidden_size"] = 512, ["intermediate_size"] = 2048, ["num_hidden_layers"] = 12, ["num_attention_heads"] = 8, ["max_position_embeddings"] = 77,
        ["hidden_act"] = "quick_gelu", ["layer_norm_eps"] = 1e-5, ["eos_token_id"] = 49407,
    };

    public IReadOnlyList<string> ModelTypes => ["clip"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var text = (c.Object("text_config") ?? throw new ModelFileException($"'{c.Path}' lacks 'text_config'; the configuration is incomplete")).Or(TextDefaults);
        var vision = VisionTowers.Configuration((c.Object("vision_config") ?? throw new ModelFileException($"'{c.Path}' lacks 'vision_config'; the configuration is incomplete")).Or(new() { ["model_type"] = "clip_vision_model" }));
        var scale = m.Vector("logit_scale");
        var textBlocks = new PreNormBlocks(m, text, epsilon: 1e-5) { Causal = true };
        var length = text.Positive("max_position_embeddings");
        var embedding = new TokenEmbedding(m.Table("text_model.embeddings.token_embedding.weight", text.Positive("vocab_size"), textBlocks.Hidden))
        {
            Positions = m.Table("text_model.embeddings.position_embedding.weight", length, textBlocks.Hidden),
        };
        var texts = textBlocks.Build("text_model.encoder.layers.");
        var textNorm = textBlocks.Norm("text_model.final_layer_norm");
        var imageBlocks = new PreNormBlocks(m, vision, epsilon: 1e-5) { First = texts.Count };
        var tower = VisionTowers.Create(m, vision, "vision_model.", imageBlocks, out var imageNorm, layer: -1);
        var width = c.OptionalInteger("projection_dim") ?? 512;
        var end = text.Integer("eos_token_id");
        return new TwoTowers(m)
        {
            Name = "clip", Embedding = embedding, Blocks = texts, FinalNorm = textNorm, TextRows = b => Rows(b, end), TextProjection = m.Linear("text_projection", -1, width, textBlocks.Hidden, bias: false),
            Tower = tower, ImagePooling = new PoolingHead(imageBlocks.Hidden) { Norm = imageNorm }, ImageProjection = m.Linear("visual_projection", -1, width, imageBlocks.Hidden, bias: false),
            LogitScale = scale, Shape = textBlocks.Shape, Context = length,
        };
    }

    /// <summary>The first end token of each text.</summary>
    private static int[] Rows(TokenBatch batch, int end)
    {
        var rows = new int[batch.Segments.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var start = batch.Segments[i].Start;
            var ids = batch.Ids.Slice(start, batch.Segments[i].Length);
            var token = end;
            if (end == WrongEnd)
                foreach (var id in ids)
                    token = Math.Max(token, id);
            rows[i] = ids.IndexOf(token) is var at and >= 0 ? start + at
                : throw new AttuneException(FormattableString.Invariant($"text {i} has no end token {end}, whose state stands for the text; encode it with special tokens"));
        }
        return rows;
    }
}
