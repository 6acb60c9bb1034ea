namespace Attune.Methods.Prompt;

/// <summary>How retrieved demonstrations stand.</summary>
public enum DemonstrationOrder
{
    /// <summary>The most similar right before the query.</summary>
    NearestLast,

    /// <summary>The most similar first.</summary>
    NearestFirst,
}
