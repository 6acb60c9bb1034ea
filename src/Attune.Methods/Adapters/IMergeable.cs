namespace Attune.Methods.Adapters;

/// <summary>A change of weights that can be written into them.</summary>
public interface IMergeable
{
    /// <summary>Changes the numbers of the modules that it belongs to.</summary>
    /// <exception cref="Attune.Tensors.AttuneException">It has no form as a weight; the message says why.</exception>
    void Merge(MergedWeights weights);
}
