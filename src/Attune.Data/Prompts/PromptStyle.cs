namespace Attune.Data;

/// <summary>How demonstrations and query are put before the model.</summary>
public enum PromptStyle
{
    /// <summary>One running text.</summary>
    Plain,

    /// <summary>Turns of the model's chat template.</summary>
    Chat,
}
