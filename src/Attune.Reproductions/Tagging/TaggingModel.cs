using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Reproductions.Tagging;

/// <summary>
/// A new BERT whose output shares the table of its input, with everything trained. In training the softmax leaves out tokens that no example has, so their vectors stay
/// as they were drawn: otherwise each step would push them away from every answer.
/// </summary>
internal sealed class TaggingModel : IDisposable
{
    private readonly EncoderModel model;
    private readonly SiteSet sites;
    private readonly TokenBatch batch = new();

    public TaggingModel(TaggingVocabulary vocabulary, TaggingSizes sizes, SeededRandom random)
    {
        Vocabulary = vocabulary;
        model = (EncoderModel)NewModel.Create(Configuration(vocabulary, sizes), random);
        sites = new SiteSet(model, "trained");
        Parameters = TrainedModule.AttachAll(model, sites);
        // The table of tokens and the decoder's bias are all that has an entry for each token.
        Tokens = [.. Parameters.Where(p => (p.Rows == 1 ? p.Columns : p.Rows) == vocabulary.Count)];
    }

    public TaggingVocabulary Vocabulary { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>What belongs to the tokens alone.</summary>
    public IReadOnlyList<Parameter> Tokens { get; }

    /// <summary>Mean of −ln p over the masks: [1, 1].</summary>
    public Tensor Loss(Graph graph, ReadOnlySpan<TaggingExample> examples)
    {
        var labels = new int[examples.Length * TaggingExample.Asked];
        for (var i = 0; i < examples.Length; i++)
            examples[i].InContext.Write(labels.AsSpan(i * TaggingExample.Asked));
        return graph.CrossEntropy(graph.SliceColumns(Logits(graph, examples), 0, Vocabulary.Known), labels);
    }

    /// <summary>The likeliest of all tokens at each mask.</summary>
    public TaggingReply[] Reply(Graph graph, ReadOnlySpan<TaggingExample> examples)
    {
        graph.Reset();
        var logits = Logits(graph, examples);
        var replies = new TaggingReply[examples.Length];
        for (var i = 0; i < replies.Length; i++)
        {
            var first = logits[TaggingExample.Asked * i];
            var answer = new TaggingAnswer(Best(first), Best(logits[TaggingExample.Asked * i + 1]), Best(logits[TaggingExample.Asked * i + 2]));
            replies[i] = new TaggingReply(answer, first[examples[i].Adjective] > first[examples[i].Noun]);
        }
        return replies;
    }

    public void Dispose()
    {
        foreach (var parameter in Parameters)
            parameter.Dispose();
        model.Dispose();
    }

    private static int Best(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best])
                best = i;
        return best;
    }

    /// <summary>Scores of all tokens at the masks: [3·examples, tokens].</summary>
    private Tensor Logits(Graph graph, ReadOnlySpan<TaggingExample> examples)
    {
        batch.Clear();
        Span<int> tokens = stackalloc int[TaggingExample.Length];
        var rows = new int[examples.Length * TaggingExample.Asked];
        for (var i = 0; i < examples.Length; i++)
        {
            examples[i].WriteTokens(tokens);
            batch.Add(tokens);
            for (var j = 0; j < TaggingExample.Asked; j++)
                rows[i * TaggingExample.Asked + j] = i * TaggingExample.Length + TaggingExample.QueryPosition + 1 + j;
        }
        var states = model.Forward(graph, batch, sites);
        return model.Head!.Apply(graph, graph.GatherRows(states, rows), batch, sites);
    }

    private static JsonObject Configuration(TaggingVocabulary vocabulary, TaggingSizes sizes) => new()
    {
        ["model_type"] = "bert", ["architectures"] = new JsonArray("BertForMaskedLM"), ["vocab_size"] = vocabulary.Count, ["hidden_size"] = sizes.Width,
        ["num_hidden_layers"] = sizes.Layers, ["num_attention_heads"] = sizes.Heads, ["intermediate_size"] = 2 * sizes.Width, ["max_position_embeddings"] = TaggingExample.Length,
        ["type_vocab_size"] = 1, ["tie_word_embeddings"] = true,
    };
}
