namespace Attune.Tensors;

/// <summary>Kinds of operation that a <see cref="Profile"/> tells apart. Backward: the gradient rule.</summary>
public enum OperationKind
{
    /// <summary>Products with frozen weights, the head among them.</summary>
    Linear,

    LinearBackward,

    /// <summary>Products with trained weights.</summary>
    Product,

    ProductBackward,

    /// <summary>Attention over keys and values that are not kept.</summary>
    Attention,

    AttentionBackward,

    /// <summary>Attention over the cache, with writing to it.</summary>
    CachedAttention,

    Norm,

    NormBackward,

    /// <summary>Rotary positions.</summary>
    Rope,

    RopeBackward,

    /// <summary>SwiGLU, GELU and their like.</summary>
    Activation,

    ActivationBackward,

    /// <summary>Sums and products of elements: residuals, biases, scales.</summary>
    Elementwise,

    ElementwiseBackward,

    /// <summary>Rows by number: token embeddings, rows that are read on.</summary>
    Rows,

    RowsBackward,

    CrossEntropy,

    CrossEntropyBackward,

    /// <summary>Normalisers of rows of logits.</summary>
    LogSumExp,

    /// <summary>Activations to bytes or to bfloat16.</summary>
    Quantise,

    /// <summary>Norms of gradients, clipping, and the optimizer's step.</summary>
    Optimizer,

    /// <summary>Choosing the next token.</summary>
    Sampling,

    /// <summary>Gradient rules of all else.</summary>
    OtherBackward,
}
