using System.Diagnostics;

namespace Attune.Reproductions;

/// <summary>Runs a reproduction and gathers what it says.</summary>
public static class ReproductionRunner
{
    /// <exception cref="Tensors.AttuneException">The request is impossible, or the work failed; a missing model or data set is no error.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static ReproductionResult Run(IReproduction reproduction, RunRequest request, CancellationToken cancel)
    {
        request.Require();
        var card = reproduction.Card;
        var context = new ReproductionContext(card, request, cancel);
        var clock = Stopwatch.StartNew();
        try
        {
            reproduction.Run(context);
        }
        catch (MissingNeedException e)
        {
            foreach (var claim in card.Claims.Where(c => !context.IsDecided(c)))
                context.NotTestable(claim.Key, e.Message);
        }
        if (card.Claims.FirstOrDefault(c => !context.IsDecided(c)) is { } open)
            throw new InvalidOperationException($"{card.Id} ended without a word on its claim '{open.Key}'");
        return new ReproductionResult
        {
            Card = card,
            Scale = request.Scale,
            Seeds = context.Seeds,
            FirstSeed = request.FirstSeed,
            Findings = context.Findings(),
            Checks = context.Checks,
            Exhibits = context.Exhibits,
            Settings = context.Recorded,
            Seconds = clock.Elapsed.TotalSeconds,
        };
    }
}
