namespace Attune.Methods;

/// <summary>An intervention for which the world has a format: written beside the adaptation's own files (a PEFT folder, for instance).</summary>
public interface IExportable
{
    void Export(string folder, Adaptation adaptation);
}
