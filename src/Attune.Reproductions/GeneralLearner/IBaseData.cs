using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>Classified vectors of which tasks are made; every draw is a new example.</summary>
internal interface IBaseData
{
    int Inputs { get; }

    int Classes { get; }

    /// <summary>Writes an example of a class that is drawn evenly; returns the class.</summary>
    int Draw(SeededRandom random, Span<double> x);
}
