namespace Attune.Methods.Adapters;

/// <summary>Options that methods have which train vectors before the prompt.</summary>
public record PromptOptions : AdapterOptions
{
    public PromptOptions() => (Targets, LearningRate) = ([], 1e-2);

    [Option("virtual tokens before every prompt")]
    public int VirtualTokens { get; init; } = 16;
}
