namespace Attune.Reproductions;

/// <summary>One paper's experiment, run here at a stated scale. Every class of this project that is one is found by being there; it has a constructor without parameters.</summary>
public interface IReproduction
{
    /// <summary>What it is about and what it claims; fixed before any run.</summary>
    ReproductionCard Card { get; }

    /// <summary>Runs it: every claim of the card is decided or said not to be testable, by the context, before this returns.</summary>
    void Run(ReproductionContext context);
}
