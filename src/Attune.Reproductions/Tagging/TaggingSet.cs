namespace Attune.Reproductions.Tagging;

/// <summary>Laws of examples.</summary>
internal enum TaggingSet
{
    /// <summary>The law of training.</summary>
    Validation,

    /// <summary>Tokens that no training example has, in both roles.</summary>
    Unseen,

    /// <summary>Unambiguous words of the first tenth of the ranks, each in the other's role.</summary>
    SwitchedHead,

    /// <summary>Unambiguous words of the last tenth of the ranks, each in the other's role.</summary>
    SwitchedTail,

    /// <summary>Ambiguous words in both roles.</summary>
    Ambiguous,

    /// <summary>The words of training, all alike.</summary>
    Uniform,
}
