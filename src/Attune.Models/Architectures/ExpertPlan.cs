using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>A mixture of gated experts as a checkpoint names it; each expert's maps stand alone.</summary>
internal sealed record ExpertPlan
{
    public required int Experts { get; init; }

    /// <summary>Experts that work on a token.</summary>
    public required int Chosen { get; init; }

    /// <summary>Columns between an expert's maps.</summary>
    public required int Width { get; init; }

    /// <summary>Whether the chosen experts' weights are divided by their sum.</summary>
    public required bool Normalised { get; init; }

    public required string Router { get; init; }

    /// <summary>What stands before an expert's number.</summary>
    public required string Expert { get; init; }

    public required string Gate { get; init; }
    public required string Up { get; init; }
    public required string Down { get; init; }
    public required ActivationKind Activation { get; init; }

    public ExpertMixture Create(ModuleBuilder m, int layer, string prefix, int hidden, string path)
    {
        if (Chosen < 1 || Chosen > Experts)
            throw new ModelFileException(FormattableString.Invariant($"'{path}' lets {Chosen} experts of {Experts} work on a token ('num_experts_per_tok'); give 1 to {Experts}"));
        var router = m.Linear(prefix + Router, layer, Experts, hidden, bias: false);
        var experts = Enumerable.Range(0, Experts).Select(FeedForward (e) =>
        {
            var p = FormattableString.Invariant($"{prefix}{Expert}{e}.");
            var maps = new LinearGroup(m.Linear(p + Gate, layer, Width, hidden, bias: false), m.Linear(p + Up, layer, Width, hidden, bias: false));
            return new GatedFeedForward(maps, m.Linear(p + Down, layer, hidden, Width, bias: false), Activation);
        }).ToArray();
        return new ExpertMixture(router, experts, Chosen, Normalised);
    }
}
