namespace Attune.Models.Hub;

/// <summary>How files are fetched from a hub.</summary>
public sealed record HubOptions
{
    /// <summary>Where the hub is where nothing else is said.</summary>
    public static readonly Uri PublicHub = new("https://huggingface.co");

    public Uri Endpoint { get; init; } = PublicHub;

    /// <summary>The user's token. It goes to the endpoint's own scheme, host and port, never to where a redirect leads.</summary>
    public string? Token { get; init; }

    /// <summary>The folder of models; a repository gets OWNER/NAME below it.</summary>
    public required string Cache { get; init; }

    /// <summary>Names of files with * and ?; null for what a model needs.</summary>
    public IReadOnlyList<string>? Patterns { get; init; }

    /// <summary>Told after every piece that arrives, on the calling thread's work.</summary>
    public Action<HubProgress>? Progress { get; init; }

    /// <summary>Told a sentence when something failed that is tried again.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Tries that bring nothing new before it is given up.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Silence of the server after which a connection counts as lost.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Waits before another try; a test need not.</summary>
    public Func<TimeSpan, CancellationToken, Task> Wait { get; init; } = Task.Delay;

    /// <summary>Free bytes on the disk of a folder.</summary>
    public Func<string, long> FreeBytes { get; init; } = Free;

    private static long Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // A folder of the net may not say; then writing will.
            return long.MaxValue;
        }
    }
}
