using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Architectures;

/// <summary>Decoders beside transformers' classes: scores, hidden states, loss, gradients, greedy text.</summary>
[Trait("Category", "Goldens")]
public sealed class DecoderGoldenTests
{
    public static TheoryData<string> Folders => ArchitectureGolden.Names("decoder");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Forward_GoldenRows_LogitsAndHiddenStatesAndLoss(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (CausalLanguageModel)golden.Load();
        using var graph = new Graph(recording: false);
        var (rows, batch) = Batch(golden);
        var sites = new SiteSet(model, "golden");
        var probes = Probes(sites, model.Layers);
        var hidden = model.Forward(graph, batch, sites);
        golden.NearRows("logits", model.Logits(graph, hidden, batch, sites), rows);
        // OPT's class projects its last hidden state to the head's width.
        var projected = (model as DecoderModel)?.Head.Input(graph, hidden, sites) ?? hidden;
        // The classes of recurrent models list what comes out of each block, not what goes in.
        var shift = model is DecoderModel { StateFloats: > 0 } ? 1 : 0;
        for (var i = 0; golden.Tensors.Has($"hidden_{i}"); i++)
        {
            var last = !golden.Tensors.Has($"hidden_{i + 1}");
            var seen = last ? projected.Slice(0, rows[0].Ids.Length).Span : probes[i + shift].Seen.AsSpan(0, rows[0].Ids.Length * model.Hidden);
            golden.Near($"hidden_{i}", golden.Tensors.Floats($"hidden_{i}"), seen, golden.Tolerance);
        }
        var loss = model.Loss(graph, hidden, Targets(golden, rows), batch, sites);
        golden.Near("loss", golden.Tensors.Floats("loss"), loss.Span, golden.Tolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Forward_RowAlone_LogitsOfTheRightPaddedRow(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        Skip.IfNot(golden.Tensors.Has("logits_right"), $"{name} has no right-padded row");
        using var model = (CausalLanguageModel)golden.Load();
        using var graph = new Graph(recording: false);
        var rows = golden.Rows("input_ids_right", "attention_mask_right");
        var batch = new TokenBatch();
        batch.Add(rows[0].Ids);
        golden.NearRows("logits_right", model.Logits(graph, model.Forward(graph, batch, null), batch, null), rows);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Backward_GoldenLoss_GradientsOfEveryParameter(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (CausalLanguageModel)golden.Load();
        using var graph = new Graph(recording: true);
        var (rows, batch) = Batch(golden);
        var sites = new SiteSet(model, "golden");
        var parameters = TrainedModule.AttachAll(model, sites);
        graph.Backward(model.Loss(graph, model.Forward(graph, batch, sites), Targets(golden, rows), batch, sites));
        golden.NearGradients(parameters, model.Linears.Where(l => l.Transposed).Select(l => l.Name + ".weight").ToHashSet());
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Generate_GoldenPrompt_SameTokensWithTheCache(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (CausalLanguageModel)golden.Load();
        var expected = golden.Tensors.Ints("generated");
        const int fresh = 12;
        var prompt = expected.Length - fresh;
        using var feed = new TokenFeed(model, Precision.Exact);
        var next = Best(feed.Feed(expected.AsSpan(0, prompt)));
        for (var i = prompt; i < expected.Length; i++)
        {
            Assert.True(next == expected[i], $"{name}: token {i} is {next}, not {expected[i]}");
            if (i + 1 < expected.Length)
                next = Best(feed.Feed([next]));
        }
    }

    private static (IReadOnlyList<(int[] Ids, int[] Columns)> Rows, TokenBatch Batch) Batch(ArchitectureGolden golden)
    {
        var rows = golden.Rows();
        var batch = new TokenBatch();
        foreach (var (ids, _) in rows)
            batch.Add(ids);
        return (rows, batch);
    }

    /// <summary>logits[t] goes with labels[t + 1].</summary>
    private static int[] Targets(ArchitectureGolden golden, IReadOnlyList<(int[] Ids, int[] Columns)> rows)
    {
        var labels = golden.Tensors.Ints("labels");
        var width = golden.Tensors.Shape("labels")[1];
        return [.. rows.SelectMany((row, r) => row.Columns.Select((c, i) => i + 1 < row.Columns.Length ? labels[r * width + c + 1] : CrossEntropyOperation.Ignore))];
    }

    private static ArchitectureGolden.Probe[] Probes(SiteSet sites, int layers)
    {
        var probes = Enumerable.Range(0, layers + 1).Select(_ => new ArchitectureGolden.Probe()).ToArray();
        sites.Add(ActivationPoint.BlockInput, 0, probes[0]);
        for (var i = 0; i < layers; i++)
            sites.Add(ActivationPoint.BlockOutput, i, probes[i + 1]);
        return probes;
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }
}
