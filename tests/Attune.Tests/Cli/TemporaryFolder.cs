namespace Attune.Tests.Cli;

/// <summary>A folder that is gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("attune cli ").FullName;

    /// <summary>Writes a file and gives its path.</summary>
    public string File(string name, string text)
    {
        var path = this[name];
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
