namespace Attune.Data;

/// <summary>What is asked for a row. Reading knows all of them; comparing so far the first two.</summary>
public enum TaskKind
{
    /// <summary>One of a fixed list of labels.</summary>
    Classification,

    /// <summary>One of the choices that the row brings along.</summary>
    MultipleChoice,

    /// <summary>A text of any length.</summary>
    Generation,

    /// <summary>Pieces of the input, each with a slot name.</summary>
    Spans,

    /// <summary>A number.</summary>
    Regression,

    /// <summary>The next turn of a conversation.</summary>
    Conversation,
}
