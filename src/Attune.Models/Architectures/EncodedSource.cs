using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>What an encoder made of some sequences: states [rows, width], which live until the graph is reset, and the rows of each sequence.</summary>
public sealed class EncodedSource
{
    private readonly (int Start, int Length)[] parts;

    internal EncodedSource(Tensor states, TokenBatch source)
    {
        States = states;
        parts = [.. source.Segments.Select(s => (s.Start, s.Length))];
    }

    /// <summary>States after the encoder's last norm; they carry a gradient where the encoder's do.</summary>
    public Tensor States { get; }

    /// <summary>The rows of each sequence.</summary>
    public IReadOnlyList<(int Start, int Length)> Parts => parts;

    /// <summary>Every segment of <paramref name="target"/> over the sequence of the same number.</summary>
    internal AttentionRange[] Ranges(TokenBatch target)
    {
        if (target.Segments.Count != parts.Length)
            throw new ArgumentException(FormattableString.Invariant($"{target.Segments.Count} sequences are to be written for {parts.Length} that were read; give one for each"));
        return [.. parts.Select((part, i) => new AttentionRange(target.Segments[i].Start, target.Segments[i].Length, part.Start, part.Length))];
    }
}
