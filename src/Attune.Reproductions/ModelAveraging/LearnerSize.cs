namespace Attune.Reproductions.ModelAveraging;

/// <summary>A learner's layers, and the sequences of its fixed training set; 0: fresh ones in every step.</summary>
internal readonly record struct LearnerSize(int Layers, int Sequences);
