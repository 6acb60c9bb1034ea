using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Loading;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tests.Tensors;

namespace Attune.Tests.Models.Architectures;

/// <summary>What must hold of every encoder-decoder, on random weights: a token decoded behind the cache is that of the whole pass, a batch equals its singles.</summary>
public sealed class EncoderDecoderTests
{
    private static readonly Dictionary<string, string> Configurations = new(StringComparer.Ordinal)
    {
        ["t5"] = """{"model_type":"t5","d_model":24,"d_ff":40,"d_kv":10,"num_heads":3,"num_layers":2,"num_decoder_layers":3,"vocab_size":61,"relative_attention_num_buckets":8,"relative_attention_max_distance":16}""",
        ["t5 gated"] = """{"model_type":"t5","d_model":24,"d_ff":40,"d_kv":8,"num_heads":3,"num_layers":3,"vocab_size":61,"feed_forward_proj":"gated-gelu","tie_word_embeddings":false}""",
        ["bart"] = """{"model_type":"bart","d_model":24,"encoder_layers":2,"decoder_layers":1,"encoder_attention_heads":3,"decoder_attention_heads":2,"encoder_ffn_dim":40,"decoder_ffn_dim":32,"vocab_size":61,"max_position_embeddings":64,"scale_embedding":true}""",
        ["t5gemma"] = """{"model_type":"t5gemma","encoder":{"hidden_size":20,"intermediate_size":32,"num_hidden_layers":2,"num_attention_heads":2,"num_key_value_heads":1,"head_dim":8,"vocab_size":61,"max_position_embeddings":64,"query_pre_attn_scalar":8,"sliding_window":5,"attn_logit_softcapping":5},"decoder":{"hidden_size":24,"intermediate_size":40,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":8,"vocab_size":61,"max_position_embeddings":64,"query_pre_attn_scalar":8,"sliding_window":5,"attn_logit_softcapping":5,"final_logit_softcapping":3}}""",
        ["whisper"] = """{"model_type":"whisper","d_model":24,"encoder_layers":2,"decoder_layers":2,"encoder_attention_heads":3,"decoder_attention_heads":3,"encoder_ffn_dim":40,"decoder_ffn_dim":32,"vocab_size":61,"num_mel_bins":7,"max_source_positions":40,"max_target_positions":64}""",
    };

    public static TheoryData<string> Names => [.. Configurations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_TokenByTokenBehindTheCache_SameBitsAsAtOnce(string name)
    {
        using var model = Create(name);
        using var graph = new Graph(recording: false);
        int[] tokens = [model.StartId % 61, .. Enumerable.Range(0, 20).Select(i => i * 7 % 61)];
        var target = new TokenBatch { Source = Encode(model, graph, [37]) };
        target.Add(tokens);
        var expected = model.Decode(graph, target, null).Span.ToArray();
        using var pool = new KvPagePool(new KvLayout(model.CacheLayers, model.Attention), 1 << 22);
        using var source = new PagedSequence(pool);
        graph.Reset();
        model.Remember(graph, Encode(model, graph, [37]), [source], null);
        using var sequence = new PagedSequence(pool) { Source = source };
        foreach (var (from, to) in new[] { (0, 1), (1, 2), (2, 9), (9, 10), (10, 21) })
        {
            graph.Reset();
            var batch = new TokenBatch();
            sequence.Reserve(to - from);
            batch.Add(tokens.AsSpan(from, to - from), sequence.Length, sequence);
            AttentionBatch.AssertSameBits(expected[(from * model.Hidden)..(to * model.Hidden)], model.Forward(graph, batch, null).Span.ToArray());
            sequence.Advance(to - from);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EncodeAndDecode_SeveralTogether_SameBitsAsAlone(string name)
    {
        using var model = Create(name);
        using var graph = new Graph(recording: false);
        int[] lengths = [5, 33, 18];
        var target = new TokenBatch { Source = Encode(model, graph, lengths) };
        for (var i = 0; i < lengths.Length; i++)
            target.Add([3, 4, i]);
        var together = model.Logits(graph, model.Decode(graph, target, null), target, null).Span.ToArray();
        for (var i = 0; i < lengths.Length; i++)
        {
            graph.Reset();
            var alone = new TokenBatch { Source = Encode(model, graph, [lengths[i]], lengths[..i].Sum()) };
            alone.Add([3, 4, i]);
            AttentionBatch.AssertSameBits(together[(i * 3 * 61)..((i + 1) * 3 * 61)], model.Logits(graph, model.Decode(graph, alone, null), alone, null).Span.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_BlocksComputedAgain_SameGradients(string name)
    {
        using var model = Create(name);
        var (kept, again) = (Gradients(model, recomputes: false), Gradients(model, recomputes: true));
        foreach (var (parameter, gradient) in kept)
            AttentionBatch.AssertSameBits(gradient, again[parameter]);
        Assert.All(kept.Where(g => !g.Key.Contains("k_proj.bias", StringComparison.Ordinal)), g => Assert.Contains(g.Value, x => x != 0));
    }

    [Fact]
    public void Create_T5WithAnUnknownLayer_SaysWhatIsExpected()
    {
        var json = (JsonObject)JsonNode.Parse(Configurations["t5"])!;
        json["feed_forward_proj"] = "doubly-gated-gelu";
        Assert.Contains("'doubly-gated-gelu'; expected an activation", Assert.Throws<Attune.Models.Files.ModelFileException>(() => TinyModels.Create(json, new TinyModels.RandomWeights(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_WhisperGivenText_SaysThatItReadsSpeech()
    {
        using var model = Create("whisper");
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add([1, 2, 3]);
        Assert.Contains("reads speech", Assert.Throws<AttuneException>(() => { model.Encode(graph, batch, null); }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeSpeech_LongerThanThePositions_SaysBothLengths()
    {
        using var model = Create("whisper");
        using var graph = new Graph(recording: false);
        var e = Assert.Throws<AttuneException>(() => { Encode(model, graph, [41]); });
        Assert.Contains("82 frames, which are 41 positions, but the model has 40", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OtherNumberOfSequencesThanRead_SaysSo()
    {
        using var model = Create("t5");
        using var graph = new Graph(recording: false);
        var target = new TokenBatch { Source = Encode(model, graph, [4, 5]) };
        target.Add([1, 2]);
        Assert.Contains("1 sequences are to be written for 2", Assert.Throws<ArgumentException>(() => { model.Decode(graph, target, null); }).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, float[]> Gradients(EncoderDecoderModel model, bool recomputes)
    {
        using var graph = new Graph(recording: true) { Recomputes = recomputes };
        var sites = new SiteSet(model, "test");
        var parameters = TrainedModule.AttachAll(model, sites);
        var target = new TokenBatch { Source = Encode(model, graph, [9, 20], 0, sites) };
        target.Add([3, 4, 5]);
        target.Add([6, 7]);
        graph.Backward(model.Loss(graph, model.Decode(graph, target, sites), [4, 5, 6, 7, 8], target, sites));
        var gradients = parameters.ToDictionary(p => p.Name, p => p.Gradient.Span.ToArray());
        foreach (var parameter in parameters)
            parameter.Dispose();
        return gradients;
    }

    private static EncoderDecoderModel Create(string name) =>
        (EncoderDecoderModel)TinyModels.Create((JsonObject)JsonNode.Parse(Configurations[name])!, new TinyModels.RandomWeights(11));

    /// <summary>Sequences of some lengths, cut one after another out of an endless one from <paramref name="start"/> on; of speech two frames stand for a token.</summary>
    private static EncodedSource Encode(EncoderDecoderModel model, Graph graph, int[] lengths, int start = 0, SiteSet? sites = null)
    {
        if (model is ISpeechModel speech)
        {
            var features = graph.Persistent.Matrix(2 * lengths.Sum(), speech.Mels);
            for (var i = 0; i < features.Count; i++)
                features.Span[i] = MathF.Sin(i + 2 * start * speech.Mels);
            return speech.EncodeSpeech(graph, features, [.. lengths.Select(n => 2 * n)], sites);
        }
        var batch = new TokenBatch();
        foreach (var length in lengths)
        {
            batch.Add([.. Enumerable.Range(start, length).Select(i => i * 11 % 61)]);
            start += length;
        }
        return model.Encode(graph, batch, sites);
    }
}
