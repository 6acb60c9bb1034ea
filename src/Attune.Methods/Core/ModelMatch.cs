using Attune.Models;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>Whether a model is the one that an adaptation was fitted with: by the hash of its files.</summary>
internal static class ModelMatch
{
    /// <param name="provenance">"name hash"; empty if none was used.</param>
    /// <param name="found">The model at hand; null if there is none, which others report.</param>
    /// <param name="what">"model" or "encoder".</param>
    /// <exception cref="AttuneException">It is another one.</exception>
    public static void Require(string provenance, ModelDescription? found, string what, string flag)
    {
        if (provenance.Length == 0 || found is null)
            return;
        // A name may hold blanks.
        var (name, hash) = provenance.LastIndexOf(' ') is var at and >= 0 ? (provenance[..at], provenance[(at + 1)..]) : (provenance, "");
        if (hash == found.Hash)
            return;
        throw new AttuneException(name == found.Name
            ? $"the {what} '{found.Path}' has changed since the adaptation was fitted (hash {found.Hash}, then {hash}); give the file as it was with {flag}, or use it nevertheless with --any-model"
            : $"the adaptation was fitted with the {what} '{name}' and '{found.Name}' was given; give {name} with {flag}, or use the other nevertheless with --any-model");
    }
}
