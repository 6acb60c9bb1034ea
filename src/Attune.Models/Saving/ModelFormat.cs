namespace Attune.Models.Saving;

/// <summary>What a model is saved as.</summary>
public enum ModelFormat
{
    /// <summary>A folder in Hugging Face layout.</summary>
    Safetensors,

    /// <summary>One GGUF file.</summary>
    Gguf,
}
