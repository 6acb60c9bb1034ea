namespace Attune.Cli.Commands;

/// <summary>What an adaptation is exported as.</summary>
internal enum ExportFormat
{
    /// <summary>A folder that PEFT loads.</summary>
    Peft,

    /// <summary>llama.cpp's adapter file.</summary>
    GgufLora,

    /// <summary>llama.cpp's control vector.</summary>
    GgufControlVector,

    /// <summary>The adaptation's own tensors in one file, with what else it says as metadata.</summary>
    Safetensors,
}
