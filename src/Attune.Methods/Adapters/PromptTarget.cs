namespace Attune.Methods.Adapters;

/// <summary>A token of an adapter's own prompt that training predicts too.</summary>
/// <param name="Position">The virtual token behind which it is predicted.</param>
/// <param name="Token">What stands there.</param>
/// <param name="Weight">What its loss counts beside a label's.</param>
public readonly record struct PromptTarget(int Position, int Token, double Weight);
