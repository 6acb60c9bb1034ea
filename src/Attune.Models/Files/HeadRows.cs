namespace Attune.Models.Files;

/// <summary>
/// The two orders of the rows of a head of even size d. Hugging Face rotates halves: row k turns with row k + d/2. llama.cpp's converter puts
/// such pairs side by side for architecture llama: 0, d/2, 1, d/2 + 1, … Source: <c>permute</c> in convert_hf_to_gguf.py of llama.cpp.
/// </summary>
public static class HeadRows
{
    /// <summary>Where Hugging Face's row stands in a GGUF file of architecture llama.</summary>
    public static long ToPairs(long row, int head)
    {
        var within = row % head;
        return row - within + (2 * (within % (head / 2))) + (within / (head / 2));
    }

    /// <summary>Which row of Hugging Face stands in a row of the GGUF file.</summary>
    public static long ToHalves(long row, int head)
    {
        var within = row % head;
        return row - within + (within % 2 * (head / 2)) + (within / 2);
    }
}
