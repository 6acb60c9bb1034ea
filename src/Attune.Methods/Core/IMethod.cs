namespace Attune.Methods;

/// <summary>
/// A way of adapting a model: options in, adaptation out. One file; found in the catalog by being there. It knows nothing of the
/// command line, the server, or other methods.
/// </summary>
public interface IMethod
{
    MethodCard Card { get; }

    /// <summary>The options' record with every default.</summary>
    MethodOptions DefaultOptions { get; }

    /// <summary>Fits the method to the context's labelled rows.</summary>
    /// <exception cref="Attune.Tensors.AttuneException">The options or the rows do not allow it.</exception>
    Adaptation Fit(FitContext context, MethodOptions options);
}
