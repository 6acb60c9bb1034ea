using Attune.Methods;

namespace Attune.Evaluation.Comparison;

/// <summary>A method as it takes part in a comparison.</summary>
/// <param name="Name">What results call it: the method's name, or one that the run file gives to a variant.</param>
public sealed record PlannedMethod(string Name, IMethod Method, MethodOptions Options);
