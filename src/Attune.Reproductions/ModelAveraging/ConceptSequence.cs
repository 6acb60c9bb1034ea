namespace Attune.Reproductions.ModelAveraging;

/// <summary>c_1 r_1 … c_T r_T of one concept.</summary>
internal sealed record ConceptSequence(int Concept, int[] Covariates, int[] Responses)
{
    /// <summary>T.</summary>
    public int Length => Covariates.Length;
}
