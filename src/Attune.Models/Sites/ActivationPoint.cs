namespace Attune.Models.Sites;

/// <summary>The places in a block at which hidden activations can be read and changed.</summary>
public enum ActivationPoint
{
    /// <summary>What enters the block: the residual stream [T, hidden].</summary>
    BlockInput,

    /// <summary>The heads' outputs side by side, before the output projection [T, heads · headDim].</summary>
    HeadOutput,

    /// <summary>The attention sub-layer's output, before it is added to the residual stream [T, hidden].</summary>
    AttentionOutput,

    /// <summary>The feed-forward sub-layer's output, before it is added to the residual stream [T, hidden].</summary>
    MlpOutput,

    /// <summary>What leaves the block: the residual stream [T, hidden].</summary>
    BlockOutput,
}
