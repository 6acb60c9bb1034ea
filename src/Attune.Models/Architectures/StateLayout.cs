using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>Gives the parts of a recurrent model's state their places, one behind another.</summary>
internal sealed class StateLayout
{
    /// <summary>Floats given so far.</summary>
    public int Floats { get; private set; }

    /// <summary>A part of [rows, columns].</summary>
    public RecurrentState Add(int rows, int columns)
    {
        var part = new RecurrentState(Floats, rows, columns);
        Floats = checked(Floats + part.Floats);
        return part;
    }
}
