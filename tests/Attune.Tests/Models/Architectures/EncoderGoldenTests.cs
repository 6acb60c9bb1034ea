using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Models.Architectures;

/// <summary>Encoders beside transformers' classes: states, attention, pooled states, scores of heads, loss, gradients.</summary>
[Trait("Category", "Goldens")]
public sealed class EncoderGoldenTests
{
    public static TheoryData<string> Folders => ArchitectureGolden.Names("encoder", "mlm", "classifier", "electra");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Forward_GoldenRows_StatesScoresAndLoss(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (EncoderModel)golden.Load();
        using var graph = new Graph(recording: false);
        var (rows, batch) = Batch(golden);
        var sites = new SiteSet(model, "golden");
        var probes = ArchitectureGolden.Probe.OfBlocks(sites, model.Layers);
        var attention = Array.Empty<float>();
        graph.AttentionObserver = (shape, bias, q, k, ranges) => attention = attention.Length > 0 ? attention : AttentionProbabilities.Of(shape, bias, q, k, ranges[0]);
        var states = model.Forward(graph, batch, sites);
        golden.NearStates(probes, states, rows[0].Ids.Length, model.Hidden);
        golden.Near("attention_0", golden.Tensors.Floats("attention_0"), attention, golden.Tolerance);
        if (golden.Tensors.Has("last_hidden_state"))
            golden.NearRows("last_hidden_state", states, rows);
        if (golden.Tensors.Has("pooler_output"))
            golden.Near("pooler_output", golden.Tensors.Floats("pooler_output"), model.Pooler!.Apply(graph, states, batch, sites).Span, golden.Tolerance);
        if (golden.Tensors.Has("logits"))
            NearLogits(golden, model.Head!.Apply(graph, states, batch, sites), rows);
        golden.Near("loss", golden.Tensors.Floats("loss"), Loss(golden, graph, model, states, rows, batch, sites).Span, golden.Tolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Backward_GoldenLoss_GradientsOfEveryParameter(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (EncoderModel)golden.Load();
        using var graph = new Graph(recording: true);
        var (rows, batch) = Batch(golden);
        var sites = new SiteSet(model, "golden");
        var parameters = TrainedModule.AttachAll(model, sites);
        graph.Backward(Loss(golden, graph, model, model.Forward(graph, batch, sites), rows, batch, sites));
        golden.NearGradients(parameters, new HashSet<string>());
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    /// <summary>Checkpoints of the first years call a norm's weight gamma and its bias beta, and have the model's prefix or not: the numbers are the same.</summary>
    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Load_OldNames_SameNumbers(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (EncoderModel)golden.Load();
        var prefix = name.Split('-', '|')[0] switch { "deberta" => "deberta.", "xlm" => "roberta.", "modernbert" => "model.", var first => first + "." };
        var isBase = golden.Kind == "encoder";
        using var folder = new RenamedCheckpoint(golden.Folder, n => (isBase ? prefix : "") + n.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal));
        using var old = (EncoderModel)Attune.Models.Loading.ModelLoader.LoadTransformer(folder.Path, null, golden.ConfigurationFile);
        using var graph = new Graph(recording: false);
        var (_, batch) = Batch(golden);
        var expected = model.Forward(graph, batch, null).Span.ToArray();
        Assert.Equal(expected, old.Forward(graph, batch, null).Span.ToArray());
    }

    private static (IReadOnlyList<(int[] Ids, int[] Columns)> Rows, TokenBatch Batch) Batch(ArchitectureGolden golden)
    {
        var rows = golden.Rows();
        var types = golden.Tensors.Has("token_type_ids") ? golden.Tensors.Ints("token_type_ids") : null;
        var width = golden.Tensors.Shape("input_ids")[1];
        var batch = new TokenBatch();
        for (var r = 0; r < rows.Count; r++)
            batch.Add(rows[r].Ids, kinds: types is null ? [] : [.. rows[r].Columns.Select(c => types[r * width + c])]);
        return (rows, batch);
    }

    private static void NearLogits(ArchitectureGolden golden, Tensor scores, IReadOnlyList<(int[] Ids, int[] Columns)> rows)
    {
        if (golden.Kind == "mlm")
            golden.NearRows("logits", scores, rows);
        else
            golden.Near("logits", OfRows(golden, golden.Tensors.Floats("logits"), rows), scores.Span, golden.Tolerance);
    }

    private static Tensor Loss(ArchitectureGolden golden, Graph graph, EncoderModel model, Tensor states, IReadOnlyList<(int[] Ids, int[] Columns)> rows, TokenBatch batch, SiteSet sites) =>
        golden.Tensors.Has("labels")
            ? model.Head!.Loss(graph, states, OfRows(golden, golden.Tensors.Ints("labels"), rows), batch, sites)
            : graph.Scale(graph.Mean(graph.Square(states)), 0.5f);

    /// <summary>Numbers by token at real tokens only; others as they are.</summary>
    private static T[] OfRows<T>(ArchitectureGolden golden, T[] values, IReadOnlyList<(int[] Ids, int[] Columns)> rows)
    {
        var width = golden.Tensors.Shape("input_ids")[1];
        return golden.Kind == "classifier" ? values : [.. rows.SelectMany((row, r) => row.Columns.Select(c => values[r * width + c]))];
    }
}
