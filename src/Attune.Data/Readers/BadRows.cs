namespace Attune.Data;

/// <summary>What happens on a row that cannot be used.</summary>
public enum BadRows
{
    /// <summary>An error with file, line and reason.</summary>
    Error,

    /// <summary>The row is left out, counted and named in the report.</summary>
    Skip,
}
