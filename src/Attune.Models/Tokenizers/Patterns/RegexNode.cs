namespace Attune.Models.Tokenizers;

/// <summary>The parts of a regular expression.</summary>
internal abstract record RegexNode;

internal sealed record RegexSet(RuneSet Set) : RegexNode;
internal sealed record RegexSequence(IReadOnlyList<RegexNode> Parts) : RegexNode;
internal sealed record RegexChoice(IReadOnlyList<RegexNode> Options) : RegexNode;

/// <summary>Between Minimum and Maximum (null: no limit) times.</summary>
internal sealed record RegexRepeat(RegexNode Part, int Minimum, int? Maximum, bool Lazy) : RegexNode;

/// <summary>A group whose match is not taken back once it is found.</summary>
internal sealed record RegexAtomic(RegexNode Part) : RegexNode;
internal sealed record RegexLook(RegexNode Part, bool Behind, bool Negative) : RegexNode;
internal sealed record RegexAnchor(RegexAnchorKind Kind) : RegexNode;

internal enum RegexAnchorKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndOrLastBreak,
    WordBoundary,
    NotWordBoundary,
}
