namespace Attune.Models;

/// <summary>Whose length decides rotary frequencies that depend on a length.</summary>
public enum RopeLength
{
    /// <summary>Each sequence's own, so that a result does not depend on what is computed beside it.</summary>
    Sequence,

    /// <summary>The longest of the batch, as transformers does; only to compare with it.</summary>
    Batch,
}
