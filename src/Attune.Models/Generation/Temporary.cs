namespace Attune.Models.Generation;
public sealed record SamplingOptions { public int MaxTokens { get; init; } = 256; public IReadOnlyList<string> Stop { get; init; } = []; }
public sealed class Sampler(SamplingOptions o) { public int Next(ReadOnlySpan<float> l, ReadOnlySpan<int> h) { _ = o; var b = 0; for (var i = 1; i < l.Length; i++) if (l[i] > l[b]) b = i; return b; } }
