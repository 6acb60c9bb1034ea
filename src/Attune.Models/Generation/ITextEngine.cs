using Attune.Models.Sites;

namespace Attune.Models.Generation;

/// <summary>How a kind of model scores and continues prompts over its cache: behind them, or from an encoder to a decoder.</summary>
internal interface ITextEngine : IDisposable
{
    /// <summary>Tokens that scoring has computed since the engine was made.</summary>
    long TokensComputed { get; }

    /// <summary>Rows of vocabulary scores that scoring has computed since the engine was made.</summary>
    long RowsRead { get; }

    /// <summary>Log-likelihoods of continuations; a request's numbers do not depend on what is scored beside it.</summary>
    ScoreResult[] Score(IReadOnlyList<ScoreRequest> requests, SiteSet? sites, CancellationToken cancel);

    /// <summary>Greedy or sampled continuation of one prompt.</summary>
    GeneratedText Generate(int[] prompt, SamplingOptions options, SiteSet? sites, Action<string>? onText, CancellationToken cancel);

    /// <summary>Marks the calling thread as the one at work: until the end of the scope no other's shortage takes any of the cache.</summary>
    Lock.Scope Enter();

    /// <summary>Forgets what is cached under a set of interventions, and gives its memory back.</summary>
    void Forget(string stateKey);
}
