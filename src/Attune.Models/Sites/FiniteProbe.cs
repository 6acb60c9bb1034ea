using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>Lets a value pass and notes the first row that is not finite, unless one was found before.</summary>
internal sealed class FiniteProbe(string place, int? layer, FiniteProbe.Finding finding) : ITensorSite
{
    public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
    {
        for (var row = 0; row < value.Rows && finding.Place is null; row++)
            if (value[row].IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is var column and >= 0)
                (finding.Place, finding.Layer, finding.Row, finding.Column, finding.Value) = (place, layer, row, column, value[row][column]);
        return value;
    }

    /// <summary>What the probes of one pass found, the first in the order of the forward pass.</summary>
    public sealed class Finding
    {
        public string? Place { get; set; }
        public int? Layer { get; set; }
        public int Row { get; set; }
        public int Column { get; set; }
        public float Value { get; set; }
    }
}
