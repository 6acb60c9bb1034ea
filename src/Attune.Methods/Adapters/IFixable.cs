namespace Attune.Methods.Adapters;

/// <summary>A change that can be computed once when training is over.</summary>
public interface IFixable
{
    /// <summary>Says that the parameters will not change any more.</summary>
    void Fix();
}
