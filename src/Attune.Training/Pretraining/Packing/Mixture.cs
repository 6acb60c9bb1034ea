using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Documents of several sources, so that each has its share of the tokens: the next document is of the source that is owed most. Nothing is drawn, so nothing but counters decides.
/// </summary>
public sealed class Mixture(IReadOnlyList<MixturePart> parts)
{
    /// <summary>Empty documents in a row after which a source counts as having none.</summary>
    private const int Patience = 10_000;

    public IReadOnlyList<MixturePart> Parts => parts;

    /// <summary>What has been drawn.</summary>
    public MixtureState State { get; private set; } = MixtureState.Start(parts.Count);

    /// <summary>Goes on from what was remembered.</summary>
    public void Resume(MixtureState state) => State = state.Copy();

    /// <summary>The next document that has tokens to predict.</summary>
    /// <param name="done">Share of the steps that are behind.</param>
    /// <param name="most">Most predicted tokens that are taken of it.</param>
    public Document Next(double done, int most)
    {
        var (source, weights) = Owed(done);
        for (var attempt = 0; attempt < Patience; attempt++)
        {
            var document = parts[source].Source.Read(State.Documents[source]++);
            if (document.Predicted == 0)
                continue;
            var taken = Math.Min(document.Predicted, most);
            State.Tokens[source] += taken;
            for (var i = 0; i < parts.Count; i++)
                if (parts[i].IsAtWork(done))
                    State.Owed[i] += parts[i].Weight / weights * taken;
            State.Owed[source] -= taken;
            return document;
        }
        throw new AttuneException($"the source '{parts[source].Source.Name}' gave {Patience} documents in a row without two tokens; give it longer texts or leave it out");
    }

    private (int Source, double Weights) Owed(double done)
    {
        var (best, weights) = (-1, 0.0);
        for (var i = 0; i < parts.Count; i++)
        {
            if (!parts[i].IsAtWork(done))
                continue;
            weights += parts[i].Weight;
            if (best < 0 || State.Owed[i] > State.Owed[best])
                best = i;
        }
        return best >= 0 ? (best, weights)
            : throw new AttuneException(FormattableString.Invariant($"no source is read after {done * 100:0.##}% of the steps; let one last until the end"));
    }
}
