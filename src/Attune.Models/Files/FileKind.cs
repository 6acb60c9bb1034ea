namespace Attune.Models.Files;

/// <summary>Recognises what people hand in by mistake in place of a model file.</summary>
internal static class FileKind
{
    // Protocol 2 of pickle: what torch.save wrote before it used zip archives.
    private static ReadOnlySpan<byte> PickleStart => [0x80, 0x02];

    /// <summary>What the first bytes look like, with a remedy, as the end of "…: it looks like"; null where nothing is recognised.</summary>
    public static string? Guess(ReadOnlySpan<byte> start)
    {
        var text = start.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("version https://git-lfs"u8))
            return "a Git LFS pointer, not the file itself; run `git lfs pull` or download the file";
        if (text.StartsWith("<"u8))
            return "a web page, as a failed download leaves; download the file again";
        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith(PickleStart))
            return "a PyTorch checkpoint; convert it to safetensors";
        if (start.StartsWith("GGUF"u8))
            return "a GGUF file; give it the ending .gguf";
        if (start.Length >= 9 && start[8] == (byte)'{')
            return "a safetensors file; give it the ending .safetensors";
        if (text.StartsWith("{"u8))
            return "a JSON file; give the file that holds the weights";
        return null;
    }
}
