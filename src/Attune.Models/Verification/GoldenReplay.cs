using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Verification;

/// <summary>Computes what a golden holds: scores, hidden states, loss, gradients, greedy tokens.</summary>
public sealed class GoldenReplay
{
    private readonly GoldenFile golden;
    private readonly TransformerModel model;
    private readonly List<TensorCheck> checks = [];

    private GoldenReplay(GoldenFile golden, TransformerModel model) => (this.golden, this.model) = (golden, model);

    /// <summary>The model beside a golden's folder.</summary>
    /// <returns>The tensors that were compared, in the order of work, and the names of those that were not.</returns>
    /// <exception cref="AttuneException">The folder holds no golden, or one of another model.</exception>
    public static (IReadOnlyList<TensorCheck> Checks, IReadOnlyList<string> Left) Run(TransformerModel model, string folder)
    {
        using var file = new GoldenFile(folder);
        var replay = new GoldenReplay(file, model);
        // Images and sounds are not fed here.
        if (!file.Has("input_ids") || file.Has("pixel_values") || file.Has("input_features"))
            return ([], [.. file.Names.Order(StringComparer.Ordinal)]);
        switch (model)
        {
            case EncoderDecoderModel both:
                replay.EncoderDecoder(both);
                break;
            case CausalLanguageModel decoder:
                replay.Decoder(decoder);
                break;
            case EncoderModel encoder:
                replay.Encoder(encoder);
                break;
        }
        string[] inputs = ["input_ids", "attention_mask", "position_ids", "token_type_ids", "valid", "labels", "decoder_input_ids", "input_ids_right", "attention_mask_right", "position_ids_right"];
        var compared = replay.checks.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return (replay.checks, [.. file.Names.Where(n => !compared.Contains(n) && !inputs.Contains(n)).Order(StringComparer.Ordinal)]);
    }

    private void Decoder(CausalLanguageModel decoder)
    {
        var (rows, batch) = Batch("input_ids", "attention_mask");
        using (var graph = new Graph(recording: false))
        {
            var sites = new SiteSet(decoder, "golden");
            var probes = Probe.OfBlocks(sites, 0, decoder.Layers);
            var hidden = decoder.Forward(graph, batch, sites);
            CompareRows("logits", decoder.Logits(graph, hidden, batch, sites), rows);
            // The classes of recurrent models list what comes out of each block, not what goes in.
            CompareStates("hidden_", decoder is DecoderModel { StateFloats: > 0 } ? probes[1..] : probes,
                // OPT's class projects its last hidden state to the head's width.
                (decoder as DecoderModel)?.Head.Input(graph, hidden, sites) ?? hidden, rows[0].Ids.Length);
            if (golden.Has("loss"))
                Compare("loss", golden.Floats("loss"), decoder.Loss(graph, hidden, Shifted(rows), batch, sites).Span, golden.Tolerance);
        }
        if (golden.Has("logits_right"))
            Right(decoder);
        if (golden.Has("generated"))
            Greedy(decoder);
        Gradients(decoder, (graph, sites) => decoder.Loss(graph, decoder.Forward(graph, batch, sites), Shifted(rows), batch, sites));
    }

    private void Right(CausalLanguageModel decoder)
    {
        var (rows, batch) = Batch("input_ids_right", "attention_mask_right");
        using var graph = new Graph(recording: false);
        CompareRows("logits_right", decoder.Logits(graph, decoder.Forward(graph, batch, null), batch, null), rows);
    }

    private void Greedy(CausalLanguageModel decoder)
    {
        const int fresh = 12;
        var expected = golden.Integers("generated");
        var prompt = expected.Length - fresh;
        using var feed = new TokenFeed(decoder, Precision.Exact);
        var wrong = 0;
        var next = Best(feed.Feed(expected.AsSpan(0, prompt)));
        for (var i = prompt; i < expected.Length; i++)
        {
            wrong += next == expected[i] ? 0 : 1;
            if (i + 1 < expected.Length)
                next = Best(feed.Feed([expected[i]]));
        }
        checks.Add(new TensorCheck("generated", wrong, 0));
    }

    private void Encoder(EncoderModel encoder)
    {
        var (rows, batch) = Batch("input_ids", "attention_mask");
        using var graph = new Graph(recording: false);
        var sites = new SiteSet(encoder, "golden");
        var probes = Probe.OfBlocks(sites, 0, encoder.Layers);
        var states = encoder.Forward(graph, batch, sites);
        if (golden.Has("last_hidden_state"))
            CompareRows("last_hidden_state", states, rows);
        CompareStates("hidden_", probes, states, rows[0].Ids.Length);
    }

    private void EncoderDecoder(EncoderDecoderModel both)
    {
        var (rows, source) = Batch("input_ids", "attention_mask");
        var (targets, target) = Batch("decoder_input_ids", "valid");
        var labels = golden.Integers("labels");
        var width = golden.Shape("labels")[1];
        int[] wanted = [.. targets.SelectMany((row, r) => row.Columns.Select(c => labels[r * width + c]))];
        using (var graph = new Graph(recording: false))
        {
            target.Source = both.Encode(graph, source, null);
            CompareRows("encoder_last_hidden_state", target.Source.States, rows);
            var hidden = both.Decode(graph, target, null);
            CompareRows("logits", both.Logits(graph, hidden, target, null), targets);
            Compare("loss", golden.Floats("loss"), both.Loss(graph, hidden, wanted, target, null).Span, golden.Tolerance);
        }
        Gradients(both, (graph, sites) =>
        {
            target.Source = both.Encode(graph, source, sites);
            return both.Loss(graph, both.Decode(graph, target, sites), wanted, target, sites);
        });
    }

    /// <summary>Gradients that the golden has whole, and the norm of every one.</summary>
    private void Gradients(TransformerModel trained, Func<Graph, SiteSet, Tensor> loss)
    {
        if (golden.GradientNorms.Count == 0 || !golden.Has("labels"))
            return;
        using var graph = new Graph(recording: true);
        var sites = new SiteSet(trained, "golden");
        var parameters = TrainedModule.AttachAll(trained, sites);
        graph.Backward(loss(graph, sites));
        var transposed = trained.Linears.Where(l => l.Transposed).Select(l => l.Name + ".weight").ToHashSet(StringComparer.Ordinal);
        var byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var (name, norm) in golden.GradientNorms)
        {
            var actual = byName.TryGetValue(name, out var p) ? Math.Sqrt(p.Gradient.Span.ToArray().Sum(x => (double)x * x)) : double.PositiveInfinity;
            checks.Add(new TensorCheck("norm of grad." + name, Math.Abs(actual - norm), 1e-4 * norm + 1e-6));
        }
        foreach (var name in golden.Names.Where(n => n.StartsWith("grad.", StringComparison.Ordinal) && byName.ContainsKey(n[5..])))
        {
            var expected = golden.Floats(name);
            var g = byName[name[5..]].Gradient;
            float[] actual = transposed.Contains(name[5..]) ? [.. Enumerable.Range(0, expected.Length).Select(i => g[i % g.Rows][i / g.Rows])] : g.Span.ToArray();
            Compare(name, expected, actual, 1e-5 * Math.Max(1, expected.Max(Math.Abs)));
        }
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    private (IReadOnlyList<(int[] Ids, int[] Columns)> Rows, TokenBatch Batch) Batch(string ids, string mask)
    {
        var rows = golden.Rows(ids, mask);
        var kinds = ids == "input_ids" && golden.Has("token_type_ids") ? golden.Integers("token_type_ids") : null;
        var width = golden.Shape(ids)[1];
        var batch = new TokenBatch();
        for (var r = 0; r < rows.Count; r++)
            batch.Add(rows[r].Ids, kinds: kinds is null ? [] : [.. rows[r].Columns.Select(c => kinds[r * width + c])]);
        return (rows, batch);
    }

    /// <summary>The scores behind token t go with the label of t + 1.</summary>
    private int[] Shifted(IReadOnlyList<(int[] Ids, int[] Columns)> rows)
    {
        var labels = golden.Integers("labels");
        var width = golden.Shape("labels")[1];
        return [.. rows.SelectMany((row, r) => row.Columns.Select((c, i) => i + 1 < row.Columns.Length ? labels[r * width + c + 1] : CrossEntropyOperation.Ignore))];
    }

    private void CompareRows(string name, Tensor actual, IReadOnlyList<(int[] Ids, int[] Columns)> rows)
    {
        var (shape, expected) = (golden.Shape(name), golden.Floats(name));
        var (width, at, error) = (shape[^1], 0, 0.0);
        for (var r = 0; r < rows.Count; r++)
            foreach (var column in rows[r].Columns)
                error = Math.Max(error, Difference(expected.AsSpan((r * shape[^2] + column) * width, width), actual[at++]));
        checks.Add(new TensorCheck(name, error, golden.Tolerance));
    }

    private void CompareStates(string prefix, Probe[] probes, Tensor last, int tokens)
    {
        for (var i = 0; golden.Has(prefix + i); i++)
        {
            var expected = golden.Floats(prefix + i);
            var actual = golden.Has(prefix + (i + 1)) ? probes[i].Seen : last.Slice(0, tokens).Span;
            Compare(prefix + i, expected, actual[..Math.Min(expected.Length, actual.Length)], golden.Tolerance);
        }
    }

    private void Compare(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance) =>
        checks.Add(new TensorCheck(name, Difference(expected, actual), tolerance));

    /// <summary>The largest difference; infinite where the lengths differ or a number is none.</summary>
    private static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
            return double.PositiveInfinity;
        var largest = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs((double)expected[i] - actual[i]);
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }
        return largest;
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }

    /// <summary>Copies what passes a site.</summary>
    private sealed class Probe : ITensorSite
    {
        public float[] Seen { get; private set; } = [];

        public static Probe[] OfBlocks(SiteSet sites, int first, int layers)
        {
            var probes = Enumerable.Range(0, layers + 1).Select(_ => new Probe()).ToArray();
            sites.Add(ActivationPoint.BlockInput, first, probes[0]);
            for (var i = 0; i < layers; i++)
                sites.Add(ActivationPoint.BlockOutput, first + i, probes[i + 1]);
            return probes;
        }

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            Seen = value.Span.ToArray();
            return value;
        }
    }
}
