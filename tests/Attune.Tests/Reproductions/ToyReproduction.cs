using Attune.Reproductions;

namespace Attune.Tests.Reproductions;

/// <summary>A reproduction made of the acts that a test asks for.</summary>
internal sealed class ToyReproduction(Action<ReproductionContext> run, IReadOnlyList<Claim> claims) : IReproduction
{
    public ToyReproduction(Action<ReproductionContext> run, params string[] claims)
        : this(run, (IReadOnlyList<Claim>)[.. claims.Select(c => new Claim(c, $"The sentence of {c}.", $"the threshold of {c}"))])
    {
    }

    public ReproductionCard Card { get; } = new()
    {
        Id = "S000",
        Title = "Toy",
        Paper = "Nobody, Nowhere",
        DoneWhen = "It has run.",
        Setting = "Nothing is run. At no scale.",
        Claims = claims,
        Minutes = new ScaleMinutes(0.01, 1, 10),
    };

    public void Run(ReproductionContext context) => run(context);
}
