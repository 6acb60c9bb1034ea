using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>The state of a recurrent model behind the tokens of one sequence, block after block; zeros before the first.</summary>
internal sealed unsafe class StateSequence : CachedSequence
{
    private readonly int floats;
    private readonly NativeBuffer state;

    public StateSequence(int floats)
    {
        this.floats = floats;
        state = new NativeBuffer((long)floats * sizeof(float), clear: true);
    }

    /// <summary>What the blocks read and write.</summary>
    public float* Data => state.Floats;

    public override CachedSequence Fork()
    {
        var fork = new StateSequence(floats);
        state.FloatSpan[..floats].CopyTo(fork.state.FloatSpan);
        fork.Advance(Length);
        return fork;
    }

    /// <summary>A state is as large behind every token.</summary>
    public override void Reserve(int tokens)
    {
    }

    public override void Dispose()
    {
        state.Dispose();
        Clear();
    }
}
