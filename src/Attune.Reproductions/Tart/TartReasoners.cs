using Attune.Methods.Head;

namespace Attune.Reproductions.Tart;

/// <summary>A reasoner for each seed, each with its own start and tasks.</summary>
internal sealed class TartReasoners : IDisposable
{
    private const int MostStarts = 3;

    /// <summary>Steps after which a reasoner should have learned something, and the mean loss of its last tenth that says it has not; guessing has 0.693.</summary>
    private const int StepsToLearn = 500;

    private const double Unlearned = 0.6;

    private readonly List<TartReasoner> reasoners = [];
    private readonly List<int> starts = [];

    public IReadOnlyList<TartReasoner> Of => reasoners;

    /// <summary>Trainings that each seed took.</summary>
    public IReadOnlyList<int> Starts => starts;

    public static TartReasoners Train(ReproductionContext context, TartPlan plan)
    {
        var all = new TartReasoners();
        try
        {
            for (var seed = 0; seed < context.Seeds; seed++)
                all.Add(context, plan, seed);
            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    public void Dispose() => reasoners.ForEach(r => r.Dispose());

    private void Add(ReproductionContext context, TartPlan plan, int seed)
    {
        for (var start = 1; ; start++)
        {
            var (reasoner, loss) = Once(context, plan, seed, start);
            if (loss > Unlearned && plan.Steps >= StepsToLearn && start < MostStarts)
            {
                reasoner.Dispose();
                continue;
            }
            reasoners.Add(reasoner);
            starts.Add(start);
            return;
        }
    }

    private static (TartReasoner Reasoner, double Loss) Once(ReproductionContext context, TartPlan plan, int seed, int start)
    {
        var (first, last) = (plan.Steps - (plan.Steps + 9) / 10, 0.0);
        var reasoner = TartTraining.Train(plan, context.Random(seed, FormattableString.Invariant($"reasoner, start {start}")), (step, loss) =>
        {
            last += step > first ? loss / (plan.Steps - first) : 0;
            if (step % 50 == 0)
                context.Progress(0.5 * (seed + step / (double)plan.Steps) / context.Seeds, FormattableString.Invariant($"reasoner of seed {seed}, start {start}, step {step} of {plan.Steps}, loss {loss:0.000}"));
        }, context.Cancel);
        return (reasoner, last);
    }
}
