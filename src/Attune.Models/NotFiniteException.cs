using Attune.Tensors;

namespace Attune.Models;

/// <summary>A score, logit or embedding came out as NaN or infinity; the message names where the first such number arose.</summary>
public sealed class NotFiniteException : AttuneException
{
    internal NotFiniteException(string message, int? layer, int? row)
        : base(message, AttuneErrorKind.Work) => (Layer, Row) = (layer, row);

    /// <summary>The block, counted from 0, in which it arose; null outside the blocks.</summary>
    public int? Layer { get; }

    /// <summary>The token of the sequence, counted from 0, at which it arose; null if that is not known.</summary>
    public int? Row { get; }
}
