using Attune.Models.Generation;

namespace Attune.Models;

/// <summary>
/// The black box: a language model seen from its texts only. A local model is one; a remote endpoint can stand behind it too.
/// </summary>
public interface ITextModel
{
    string Name { get; }

    /// <summary>Longest prompt with its continuation, in tokens.</summary>
    int ContextLength { get; }

    /// <summary>For each prompt the natural log-probabilities of each continuation's tokens behind it; prompt and continuation are encoded apart.</summary>
    IReadOnlyList<ScoreResult> ScoreTexts(IReadOnlyList<TextScoreRequest> requests, CancellationToken cancel);

    /// <summary>The text that follows the prompt; <paramref name="onText"/> gets it piece by piece.</summary>
    string GenerateText(string prompt, SamplingOptions options, Action<string>? onText, CancellationToken cancel);
}
