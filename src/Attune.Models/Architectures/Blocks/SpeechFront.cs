using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>From mel frames to the encoder's first block: two convolutions, each with a GELU behind it, and positions.</summary>
internal sealed class SpeechFront(Convolution first, Convolution second, TableModule positions)
{
    public int Mels => first.Inputs;

    /// <summary>Positions that <paramref name="frames"/> frames take.</summary>
    public int Length(int frames) => second.Length(first.Length(frames));

    /// <summary>[Σ frames, Mels] → [Σ Length, hidden].</summary>
    public Tensor Apply(Graph graph, Tensor features, ReadOnlySpan<int> frames, SiteSet? sites)
    {
        var start = 0;
        var x = default(Tensor);
        var rows = new List<int>();
        foreach (var count in frames)
        {
            Check(features, start, count);
            var one = graph.GatherRows(features, [.. Enumerable.Range(start, count)]);
            var y = graph.Gelu(second.Apply(graph, graph.Gelu(first.Apply(graph, one, sites)), sites));
            x = x.IsEmpty ? y : graph.ConcatRows(x, y);
            rows.AddRange(Enumerable.Range(0, y.Rows));
            start += count;
        }
        return graph.Add(x, positions.Look(graph, [.. rows], sites));
    }

    private void Check(Tensor features, int start, int count)
    {
        if (features.Columns != Mels || count < 1 || start + count > features.Rows)
            throw new AttuneException(FormattableString.Invariant($"the spectrograms are {features}, of which {count} frames from {start} on are wanted; the model reads frames of {Mels} bands"));
        if (Length(count) > positions.Rows)
            throw new AttuneException(FormattableString.Invariant($"a spectrogram has {count} frames, which are {Length(count)} positions, but the model has {positions.Rows}; cut it"));
    }
}
