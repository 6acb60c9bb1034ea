namespace Attune.Data;

/// <summary>Why a row cannot be used; caught where the row's line is known.</summary>
internal sealed class BadRowException(string reason) : Exception(reason);
