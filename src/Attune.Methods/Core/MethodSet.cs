namespace Attune.Methods;

/// <summary>Sets of methods that a comparison runs without their names, each with those before it.</summary>
public enum MethodSet
{
    /// <summary>Fits in seconds and trains no weights of a model.</summary>
    Quick,

    /// <summary>What a comparison runs where nothing is chosen: one method for each way of adapting, the best known.</summary>
    Standard,

    /// <summary>Every method.</summary>
    All,
}
