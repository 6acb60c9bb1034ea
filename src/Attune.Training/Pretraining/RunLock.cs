using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>Keeps a second process out of a run's folder.</summary>
internal static class RunLock
{
    private const string Name = ".lock";

    /// <summary>Whether a run has ever been in the folder.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <exception cref="AttuneException">Another process trains there, or the folder cannot be made.</exception>
    public static IDisposable Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e.Message.TrimEnd('.');
            throw new AttuneException(
                $"the folder '{folder}' cannot be used ({why}); if another training runs there, wait for it or give another folder with -o", AttuneErrorKind.Request, e);
        }
    }
}
