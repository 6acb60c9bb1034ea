using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>What comes with the program besides code: the run that compare makes where it is told nothing.</summary>
/// <param name="RunFile">A run file that names data and model; null: there is none.</param>
internal sealed record Bundled(string? RunFile)
{
    private static readonly string Example = Path.Combine("examples", "support", "run.yaml");

    public static Bundled None { get; } = new((string?)null);

    /// <summary>What lies beside the running program, or above it where it was built in its sources.</summary>
    public static Bundled OfProgram() => Above(AppContext.BaseDirectory);

    /// <summary>What lies in a folder or the nearest of those above it.</summary>
    public static Bundled Above(string start) => new(ProgramFolders.From(start).Select(f => Path.Combine(f, Example)).FirstOrDefault(File.Exists));

    /// <summary>Whether there is a model under the name.</summary>
    public static bool HasModel(string? name)
    {
        try
        {
            return name is not null && ModelLocator.Find(name).Length > 0;
        }
        catch (AttuneException)
        {
            return false;
        }
    }
}
