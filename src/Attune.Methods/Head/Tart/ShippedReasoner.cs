using Attune.Tensors;

namespace Attune.Methods.Head;

/// <summary>The reasoner of models/tart, which lies beside the program.</summary>
public static class ShippedReasoner
{
    /// <exception cref="AttuneException">The file is not there.</exception>
    public static TartReasoner Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "models", "tart", TartHead.ReasonerFile);
        if (!File.Exists(path))
            throw new AttuneException($"the reasoner '{path}' is missing; build the program again, or train one with --set tart.train-steps=2400");
        return TartReasoner.Load(TensorBag.Read(path));
    }
}
