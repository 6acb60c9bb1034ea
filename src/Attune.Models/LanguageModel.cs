using Attune.Models.Architectures;
using Attune.Models.ChatTemplates;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models;

/// <summary>
/// A local language model ready to work: weights, tokenizer, chat template, and a cache of prefixes under a memory limit.
/// One call at a time.
/// </summary>
public sealed class LanguageModel : ITextModel, IDisposable
{
    /// <summary>Memory of the key-value cache where nothing else is said.</summary>
    public const long DefaultCacheBytes = 512L << 20;

    private readonly ITextEngine engine;
    private EngineCounters counters;

    public LanguageModel(ModelDescription description, CausalLanguageModel transformer, ITokenizer tokenizer, ChatTemplate? chatTemplate, Precision precision, long cacheBytes = DefaultCacheBytes)
    {
        (Description, Transformer, Tokenizer, ChatTemplate, Precision) = (description, transformer, tokenizer, chatTemplate, precision);
        EndIds = tokenizer.EndId is { } end ? [end] : [];
        Beginning = tokenizer.BeginId is { } begin && tokenizer.Encode("", addSpecial: true) is [var first, ..] && first == begin ? [begin] : [];
        var read = transformer is EncoderDecoderModel { EncoderLayers: var layers } ? layers : transformer.Layers;
        FlopsPerToken = 2.0 * transformer.Linears.Where(l => l.Layer >= 0 && l.Layer < read).Sum(l => (double)l.Inputs * l.Outputs);
        engine = transformer is EncoderDecoderModel both ? new SourceEngine(this, both, cacheBytes) : new CausalEngine(this, cacheBytes);
    }

    public ModelDescription Description { get; }

    public string Name => Description.Name;

    public CausalLanguageModel Transformer { get; }

    public ITokenizer Tokenizer { get; }

    public ChatTemplate? ChatTemplate { get; }

    public Precision Precision { get; }

    public int ContextLength => Transformer.ContextLength;

    /// <summary>
    /// Positions of the context that a prompt cannot have: a continuation's, and what interventions set before it. The encoder of an encoder-decoder reads
    /// only the prompt and the soft prompt; the rest is its decoder's.
    /// </summary>
    /// <param name="continuation">Tokens of the longest continuation.</param>
    public int PositionsBeside(int continuation, SiteSet? sites) => Transformer is EncoderDecoderModel
        ? SourceReading.SoftTokens(sites)
        : continuation + PrefixKeys.Count(sites);

    /// <summary>Tokens that end a generation: the tokenizer's end token and what generation_config.json names.</summary>
    public IReadOnlyList<int> EndIds { get; init; }

    /// <summary>The token that begins every plain text, where the model's tokenizer asks for one; otherwise empty.</summary>
    public IReadOnlyList<int> Beginning { get; }

    /// <summary>What the model has done so far.</summary>
    public EngineCounters Counters => counters;

    /// <summary>Adds work that was done on the transformer directly (training steps, hidden states).</summary>
    public void Count(EngineCounters work) => counters += work;

    /// <summary>Floating-point operations of a forward pass for one token: 2 for each weight of the blocks' matrices, of an encoder-decoder its encoder's.</summary>
    public double FlopsPerToken { get; }

    /// <summary>Floating-point operations of one row of scores over the vocabulary.</summary>
    public double FlopsPerLogitRow => 2.0 * Transformer.Vocabulary * Transformer.Hidden;

    /// <summary>
    /// Log-probabilities of continuations behind prompts; what prompts share is computed once. An encoder-decoder reads the prompt and writes the continuation. <paramref name="sites"/> null: the model as it is.
    /// </summary>
    public IReadOnlyList<ScoreResult> Score(IReadOnlyList<ScoreRequest> requests, SiteSet? sites, CancellationToken cancel)
    {
        using var atWork = engine.Enter();
        var (tokens, rows) = (engine.TokensComputed, engine.RowsRead);
        var results = engine.Score(requests, sites, cancel);
        tokens = engine.TokensComputed - tokens;
        rows = engine.RowsRead - rows;
        counters += new EngineCounters(1, requests.Sum(r => (long)r.Prompt.Length + r.Continuations.Sum(c => c.Length)), tokens, tokens * FlopsPerToken + rows * FlopsPerLogitRow);
        return results;
    }

    public IReadOnlyList<ScoreResult> ScoreTexts(IReadOnlyList<TextScoreRequest> requests, CancellationToken cancel) =>
        Score([.. requests.Select(r => new ScoreRequest(EncodePlain(r.Prompt), [.. r.Continuations.Select(c => Tokenizer.Encode(c, addSpecial: false))]))], null, cancel);

    public string GenerateText(string prompt, SamplingOptions options, Action<string>? onText, CancellationToken cancel) =>
        Generate(EncodePlain(prompt), options, null, onText, cancel).Text;

    /// <summary>
    /// The tokens of a plain prompt: <see cref="Beginning"/>, then its text, in which nothing counts as a special token. For an encoder with all that its
    /// tokenizer sets before and behind a text: nothing follows there.
    /// </summary>
    public int[] EncodePlain(string text) => Transformer is EncoderDecoderModel
        ? Tokenizer.Encode(text, addSpecial: true, parseSpecial: false)
        : [.. Beginning, .. Tokenizer.Encode(text, addSpecial: false, parseSpecial: false)];

    /// <summary>Continues a prompt token by token; the text comes through <paramref name="onText"/> as it is made.</summary>
    public GeneratedText Generate(int[] prompt, SamplingOptions options, SiteSet? sites, Action<string>? onText, CancellationToken cancel)
    {
        using var atWork = engine.Enter();
        var result = engine.Generate(prompt, options, sites, onText, cancel);
        var tokens = result.ComputedTokens;
        counters += new EngineCounters(1, prompt.Length, tokens, tokens * FlopsPerToken + result.Ids.Count * FlopsPerLogitRow);
        return result;
    }

    /// <summary>The conversation in the model's own template, with the opening of the assistant's turn.</summary>
    public string RenderChat(ChatTemplate template, IReadOnlyList<(string Role, string Content)> turns) =>
        template.Render([.. turns.Select(t => new ChatMessage(t.Role, t.Content))], addGenerationPrompt: true, new ChatTemplateVariables { BeginToken = TextOf(Tokenizer.BeginId), EndToken = TextOf(Tokenizer.EndId) });

    /// <summary>Forgets what is cached under a set of interventions that will not come back, and gives its memory back.</summary>
    public void Forget(SiteSet sites)
    {
        using var atWork = engine.Enter();
        engine.Forget(sites.StateKey);
    }

    private string TextOf(int? id) => id is { } i ? Tokenizer.Decode([i], skipSpecial: false) : "";

    public void Dispose()
    {
        using var atWork = engine.Enter();
        engine.Dispose();
        Transformer.Dispose();
    }
}
