using Attune.Data;

namespace Attune.Methods;

/// <summary>Site prompt: which demonstrations stand before a query, and in which template.</summary>
public interface IPromptIntervention
{
    /// <summary>The template to write with; null keeps what stands.</summary>
    PromptTemplate? Template => null;

    /// <summary>The demonstrations for each input, in the order in which they are written.</summary>
    IReadOnlyList<IReadOnlyList<Example>> Demonstrations(IReadOnlyList<Input> inputs, PredictionTools tools);
}
