namespace Attune.Models.Hub;

/// <summary>Something that may go better at the next try.</summary>
internal sealed class HubTemporaryException(string problem, TimeSpan? after = null, Exception? inner = null) : Exception(problem, inner)
{
    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? After => after;
}
