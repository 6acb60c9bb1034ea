namespace Attune.Training.Pretraining;

/// <summary>Where a document ends in a text file.</summary>
public enum TextBorders
{
    /// <summary>With the file.</summary>
    File,

    /// <summary>At empty lines: paragraphs.</summary>
    BlankLine,

    /// <summary>Before a heading of WikiText's first level, " = Title = ": articles.</summary>
    Heading,

    /// <summary>With each line.</summary>
    Line,
}
