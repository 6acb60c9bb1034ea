namespace Attune.Cli.Bench;

/// <summary>Another engine, as a program of its own.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>As --against has it.</summary>
    string Name { get; }

    /// <summary>Name and version as the program itself says; known after its first run.</summary>
    string Version { get; }

    /// <summary>Works that it can do.</summary>
    IReadOnlyList<string> Works { get; }

    /// <summary>Seconds for what one run of our work of this name computes.</summary>
    /// <exception cref="PeerException">It cannot run, or its answer cannot be read.</exception>
    double Run(string work, CancellationToken cancel);
}
