using Attune.Reproductions.Texts;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>Queries of one task and set of demonstrations that tuning turned from wrong to right, and how many of them demonstrations did too.</summary>
internal sealed record TurnedQueries(IReadOnlyList<PromptRow> Queries, int Recalled)
{
    /// <summary>
    /// How much oftener demonstrations turn right what tuning turns right than what is wrong without them, task against itself: Σ_t n_t·(recalled_t/n_t − share_t)/Σ_t n_t with n_t the
    /// queries turned and share_t the demonstrations' share of all wrong ones of the task; pooled shares would differ already where tuning turns most queries of the task in which
    /// demonstrations help most. 0 where none was turned.
    /// </summary>
    /// <param name="set">One set's scores by task.</param>
    public static double Excess(IReadOnlyList<OverlapScores> set, Func<OverlapScores, TurnedQueries> turned)
    {
        var count = set.Sum(s => turned(s).Queries.Count);
        return count == 0 ? 0 : set.Sum(s => turned(s).Recalled - turned(s).Queries.Count * s.TurnedByDemonstrations) / count;
    }
}
