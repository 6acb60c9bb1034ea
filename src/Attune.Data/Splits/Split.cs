namespace Attune.Data;

/// <summary>The rows of one seed, the same for every method.</summary>
/// <param name="Labelled">All that fitting may see, in an order drawn by the seed.</param>
/// <param name="Test">Test rows with their labels, in file order; for scoring predictions only.</param>
/// <param name="LeaksLeftOut">Rows that could not be drawn for fitting since their text or group stands in the test rows.</param>
public sealed record Split(int Seed, IReadOnlyList<Example> Labelled, IReadOnlyList<Example> Test, int LeaksLeftOut)
{
    /// <summary>What predicting sees of the test rows, in the same order.</summary>
    public IReadOnlyList<Input> TestInputs => [.. Test.Select(e => e.Input)];
}
