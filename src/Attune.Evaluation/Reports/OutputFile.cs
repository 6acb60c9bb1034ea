using System.Text;
using Attune.Tensors;

namespace Attune.Evaluation.Reports;

/// <summary>Writes a text that is there whole or not at all: into a neighbour first, then renamed over the old one.</summary>
internal static class OutputFile
{
    /// <exception cref="AttuneException">The disk is full, the folder missing, or writing not allowed; the old file is then untouched.</exception>
    public static void Write(string path, string text)
    {
        var partial = FormattableString.Invariant($"{path}.{Environment.ProcessId}.partial");
        try
        {
            File.WriteAllText(partial, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(partial);
            throw new AttuneException($"{path} could not be written ({e.Message}); free space on the disk or choose another folder", AttuneErrorKind.Work, e);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed before this is what the user must hear of.
        }
    }
}
