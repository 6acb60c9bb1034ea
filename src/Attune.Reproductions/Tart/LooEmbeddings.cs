namespace Attune.Reproductions.Tart;

/// <summary>What a model gives for a number of labelled rows.</summary>
/// <param name="Size">Labelled rows.</param>
/// <param name="Train">An embedding of each, made behind all others.</param>
/// <param name="Test">An embedding of each test row, made behind all labelled ones.</param>
/// <param name="Scores">Of each test row the logit of each label's first token behind the same prompt: plain in-context learning.</param>
internal sealed record LooEmbeddings(int Size, float[][] Train, float[][] Test, double[][] Scores);
