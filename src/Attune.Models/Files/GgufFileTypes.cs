namespace Attune.Models.Files;

/// <summary>The numbers under <c>general.file_type</c>, by which GGUF tools name a file's main type. Source: enum llama_ftype of llama.cpp.</summary>
internal static class GgufFileTypes
{
    public const string Key = "general.file_type";

    /// <summary>The number, or null where the format has none for the type.</summary>
    public static uint? Of(TensorType type) => type switch
    {
        TensorType.F32 => 0,
        TensorType.F16 => 1,
        TensorType.Q4_0 => 2,
        TensorType.Q4_1 => 3,
        TensorType.Q8_0 => 7,
        TensorType.Q5_0 => 8,
        TensorType.Q5_1 => 9,
        TensorType.Q2_K => 10,
        TensorType.Q3_K => 12,
        TensorType.Q4_K => 15,
        TensorType.Q5_K => 17,
        TensorType.Q6_K => 18,
        TensorType.IQ4_NL => 25,
        TensorType.IQ4_XS => 30,
        TensorType.BF16 => 32,
        TensorType.TQ1_0 => 36,
        TensorType.TQ2_0 => 37,
        TensorType.MXFP4 => 38,
        _ => null,
    };
}
