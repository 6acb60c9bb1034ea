namespace Attune.Models.Sites;

/// <summary>Where an intervention acts, in the order in which data meets the sites.</summary>
public enum SiteKind
{
    /// <summary>The text: instruction, demonstrations, order, template, verbalizer.</summary>
    Prompt,

    /// <summary>Vectors in place of, or besides, token embeddings.</summary>
    Embeddings,

    /// <summary>Which position a token has and what it may attend to.</summary>
    Positions,

    /// <summary>Keys and values that stand before the prompt's own.</summary>
    KeysValues,

    /// <summary>Hidden states, per layer or head.</summary>
    Activations,

    /// <summary>Matrices and vectors of the model.</summary>
    Weights,

    /// <summary>Scores over the vocabulary.</summary>
    Logits,

    /// <summary>A predictor over states, embeddings or answers.</summary>
    Head,
}
