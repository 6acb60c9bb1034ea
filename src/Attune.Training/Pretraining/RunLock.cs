using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>Keeps a second process out of a run's folder.</summary>
internal static class RunLock
{
    /// <exception cref="AttuneException">Another process trains there, or the folder cannot be made.</exception>
    public static IDisposable Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException($"the folder '{folder}' cannot be used ({e.Message.TrimEnd('.')}); if another training runs there, wait for it or give another folder with -o", AttuneErrorKind.Request, e);
        }
    }
}
