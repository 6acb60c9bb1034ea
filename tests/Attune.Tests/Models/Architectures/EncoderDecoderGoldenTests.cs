using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Models.Architectures;

/// <summary>Encoder-decoders beside transformers' classes: states of both sides, attention, scores, loss, gradients, greedy text with the cache.</summary>
[Trait("Category", "Goldens")]
public sealed class EncoderDecoderGoldenTests
{
    public static TheoryData<string> Folders => ArchitectureGolden.Names("seq2seq", "speech");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Forward_GoldenRows_StatesAndAttentionAndLogitsAndLoss(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (EncoderDecoderModel)golden.Load();
        var attentions = new List<(float[] P, int Keys)>();
        using var graph = new Graph(recording: false)
        {
            AttentionObserver = (shape, bias, q, k, ranges) => attentions.Add((AttentionProbabilities.Of(shape, bias, q, k, ranges[0]), ranges[0].KeyCount)),
        };
        var sites = new SiteSet(model, "golden");
        var probes = Probes(sites, model);
        var (rows, target) = Target(golden);
        target.Source = Encode(golden, model, graph, sites, every: true);
        CompareEncoder(golden, target.Source);
        var hidden = model.Decode(graph, target, sites);
        golden.NearRows("logits", model.Logits(graph, hidden, target, sites), rows);
        golden.Near("loss", golden.Tensors.Floats("loss"), model.Loss(graph, hidden, Labels(golden, rows), target, sites).Span, golden.Tolerance);
        CompareHidden(golden, "encoder_hidden_", probes.Encoder, target.Source.States, target.Source.Parts[0].Length);
        CompareHidden(golden, "decoder_hidden_", probes.Decoder, hidden, rows[0].Ids.Length);
        CompareAttention(golden, "encoder_attention_0", attentions[0]);
        CompareAttention(golden, "decoder_attention_0", attentions[model.EncoderLayers]);
        CompareAttention(golden, "cross_attention_0", attentions[model.EncoderLayers + 1]);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Backward_GoldenLoss_GradientsOfEveryParameter(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (EncoderDecoderModel)golden.Load();
        foreach (var recomputes in (bool[])[false, true])
        {
            using var graph = new Graph(recording: true) { Recomputes = recomputes };
            var sites = new SiteSet(model, "golden");
            var parameters = TrainedModule.AttachAll(model, sites);
            var (rows, target) = Target(golden);
            target.Source = Encode(golden, model, graph, sites, every: true);
            graph.Backward(model.Loss(graph, model.Decode(graph, target, sites), Labels(golden, rows), target, sites));
            golden.NearGradients(parameters, new HashSet<string>());
            foreach (var parameter in parameters)
                parameter.Dispose();
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Generate_GoldenSource_SameTokensWithTheCache(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (EncoderDecoderModel)golden.Load();
        var expected = golden.Tensors.Ints("generated");
        Assert.Equal(model.StartId, expected[0]);
        using var pool = new KvPagePool(new KvLayout(model.CacheLayers, model.Attention), 1 << 24);
        using var graph = new Graph(recording: false);
        using var source = new PagedSequence(pool);
        Remember(golden, model, graph, source);
        using var sequence = new PagedSequence(pool) { Source = source };
        var batch = new TokenBatch();
        for (var i = 0; i + 1 < expected.Length; i++)
        {
            graph.Reset();
            batch.Clear();
            sequence.Reserve(1);
            batch.Add([expected[i]], sequence.Length, sequence);
            var logits = model.Logits(graph, model.ForwardRows(graph, batch, null, [0]), batch, null)[0];
            sequence.Advance(1);
            var next = Best(logits);
            Assert.True(next == expected[i + 1], $"{name}: token {i + 1} is {next}, not {expected[i + 1]}");
        }
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }

    private static void Remember(ArchitectureGolden golden, EncoderDecoderModel model, Graph graph, CachedSequence source)
    {
        var encoded = Encode(golden, model, graph, null, every: false);
        model.Remember(graph, encoded, [source], null);
    }

    /// <param name="every">Both rows, or the first.</param>
    private static EncodedSource Encode(ArchitectureGolden golden, EncoderDecoderModel model, Graph graph, SiteSet? sites, bool every)
    {
        if (model is ISpeechModel speech)
        {
            var shape = golden.Tensors.Shape("input_features");
            var (values, count, mels, frames) = (golden.Tensors.Floats("input_features"), every ? shape[0] : 1, shape[1], shape[2]);
            var features = graph.Persistent.Matrix(count * frames, mels);
            for (var i = 0; i < features.Count; i++)
                features.Span[i] = values[(i / (frames * mels) * mels + i % mels) * frames + i / mels % frames];
            return speech.EncodeSpeech(graph, features, [.. Enumerable.Repeat(frames, count)], sites);
        }
        var batch = new TokenBatch();
        foreach (var (ids, _) in golden.Rows().Take(every ? int.MaxValue : 1))
            batch.Add(ids);
        return model.Encode(graph, batch, sites);
    }

    private static void CompareEncoder(ArchitectureGolden golden, EncodedSource source)
    {
        var shape = golden.Tensors.Shape("encoder_last_hidden_state");
        var rows = golden.Tensors.Has("input_ids") ? golden.Rows() : [.. Enumerable.Range(0, shape[0]).Select(_ => (new int[shape[1]], Enumerable.Range(0, shape[1]).ToArray()))];
        golden.NearRows("encoder_last_hidden_state", source.States, rows);
    }

    private static void CompareHidden(ArchitectureGolden golden, string prefix, ArchitectureGolden.Probe[] probes, Tensor last, int rows)
    {
        for (var i = 0; golden.Tensors.Has(prefix + i); i++)
        {
            var behind = !golden.Tensors.Has(prefix + (i + 1));
            var count = rows * last.Columns;
            golden.Near(prefix + i, golden.Tensors.Floats(prefix + i).AsSpan(0, count), behind ? last.Span[..count] : probes[i].Seen.AsSpan(0, count), golden.Tolerance);
        }
    }

    /// <summary>Of row 0, [heads, queries, keys]; where the class pads the keys, the rest there is no concern.</summary>
    private static void CompareAttention(ArchitectureGolden golden, string tensor, (float[] P, int Keys) actual)
    {
        var shape = golden.Tensors.Shape(tensor);
        Assert.Equal(shape[2], actual.Keys);
        golden.Near(tensor, golden.Tensors.Floats(tensor), actual.P, 1e-5);
    }

    private static (IReadOnlyList<(int[] Ids, int[] Columns)> Rows, TokenBatch Batch) Target(ArchitectureGolden golden)
    {
        var rows = golden.Rows("decoder_input_ids", "valid");
        var batch = new TokenBatch();
        foreach (var (ids, _) in rows)
            batch.Add(ids);
        return (rows, batch);
    }

    /// <summary>logits[t] goes with labels[t].</summary>
    private static int[] Labels(ArchitectureGolden golden, IReadOnlyList<(int[] Ids, int[] Columns)> rows)
    {
        var labels = golden.Tensors.Ints("labels");
        var width = golden.Tensors.Shape("labels")[1];
        return [.. rows.SelectMany((row, r) => row.Columns.Select(c => labels[r * width + c]))];
    }

    private static (ArchitectureGolden.Probe[] Encoder, ArchitectureGolden.Probe[] Decoder) Probes(SiteSet sites, EncoderDecoderModel model) =>
        (Probes(sites, 0, model.EncoderLayers), Probes(sites, model.EncoderLayers, model.DecoderLayers));

    private static ArchitectureGolden.Probe[] Probes(SiteSet sites, int first, int layers)
    {
        var probes = Enumerable.Range(0, layers + 1).Select(_ => new ArchitectureGolden.Probe()).ToArray();
        sites.Add(ActivationPoint.BlockInput, first, probes[0]);
        for (var i = 0; i < layers; i++)
            sites.Add(ActivationPoint.BlockOutput, first + i, probes[i + 1]);
        return probes;
    }
}
