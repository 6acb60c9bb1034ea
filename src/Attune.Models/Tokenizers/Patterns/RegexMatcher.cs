using System.Buffers;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Runs a program over one text: first alternative wins, as a backtracking engine has it, but a choice that failed at a position is
/// remembered and never tried there again, so that the time is linear in text and pattern. Looking ahead from every position could
/// still be quadratic: a budget of steps ends that with an error.
/// </summary>
internal ref struct RegexMatcher
{
    private const long StepsAtLeast = 1_000_000, StepsPerRune = 300, MarksAtLeast = 1L << 28, MarksPerRune = 64;
    private const int MaximumDepth = 200;

    private readonly RegexInstruction[] _code;
    private readonly ReadOnlySpan<int> _text;
    private readonly string _expression;
    private readonly int _splits;
    private readonly ulong[] _failed;
    private readonly Stack<(int Instruction, int Position)> _stack = new();
    private readonly List<long> _trail = [];
    private long _stepsLeft;

    public RegexMatcher(RegexProgram program, ReadOnlySpan<int> text, string expression)
    {
        _code = program.Instructions;
        _text = text;
        _expression = expression;
        _splits = program.Splits;
        var marks = (long)(text.Length + 1) * program.Splits;
        if (marks > MarksAtLeast + MarksPerRune * text.Length)
            throw TooMuch(expression, text.Length);
        var words = (int)((marks + 63) / 64);
        _failed = ArrayPool<ulong>.Shared.Rent(words);
        Array.Clear(_failed, 0, words);
        _stepsLeft = StepsAtLeast + StepsPerRune * text.Length;
    }

    public void Dispose() => ArrayPool<ulong>.Shared.Return(_failed);

    /// <summary>Where the match that starts at this position ends, or −1.</summary>
    public int Match(int position)
    {
        var end = Run(0, position, 0);
        // What the success passed through did not fail: a later match may pass there again.
        for (var i = 0; end >= 0 && i < _splits; i++)
            Clear((long)end * _splits + i);
        _trail.Clear();
        return end;
    }

    private static AttuneException TooMuch(string expression, int length) => new(
        $"The pattern '{RegexParser.Shorten(expression)}' needs too many steps on a text of {length} characters; simplify the pattern in the tokenizer's file.",
        AttuneErrorKind.Work);

    private int Run(int start, int position, int depth)
    {
        if (depth > MaximumDepth)
            throw RegexParser.Error(_expression, "too many nested looks");
        var floor = _stack.Count;
        var marks = _trail.Count;
        _stack.Push((start, position));
        while (_stack.Count > floor)
        {
            var (instruction, at) = _stack.Pop();
            var end = Follow(instruction, at, depth);
            if (end < 0)
                continue;
            while (_stack.Count > floor)
                _stack.Pop();
            if (depth > 0)
                Forget(marks);
            return end;
        }
        return -1;
    }

    private int Follow(int instruction, int at, int depth)
    {
        while (true)
        {
            if (--_stepsLeft < 0)
                throw TooMuch(_expression, _text.Length);
            ref readonly var step = ref _code[instruction];
            switch (step.Operation)
            {
                case RegexOperation.Set:
                    if (at >= _text.Length || !step.Set!.Contains(_text[at]))
                        return -1;
                    at++;
                    instruction++;
                    break;
                case RegexOperation.Split:
                    if (!Mark((long)at * _splits + step.Number, depth))
                        return -1;
                    _stack.Push((step.Second, at));
                    instruction = step.First;
                    break;
                case RegexOperation.Jump:
                    instruction = step.First;
                    break;
                case RegexOperation.Anchor:
                    if (!Holds(step.Anchor, at))
                        return -1;
                    instruction++;
                    break;
                case RegexOperation.Look:
                    var from = at - step.Number;
                    if ((from >= 0 && Run(step.First, from, depth + 1) >= 0) == step.Negative)
                        return -1;
                    instruction = step.Second;
                    break;
                case RegexOperation.Atomic:
                    at = Run(step.First, at, depth + 1);
                    if (at < 0)
                        return -1;
                    instruction = step.Second;
                    break;
                default:
                    return at;
            }
        }
    }

    private readonly bool Holds(RegexAnchorKind kind, int at) => kind switch
    {
        RegexAnchorKind.LineStart => at == 0 || _text[at - 1] == '\n',
        RegexAnchorKind.LineEnd => at == _text.Length || _text[at] == '\n',
        RegexAnchorKind.TextStart => at == 0,
        RegexAnchorKind.TextEnd => at == _text.Length,
        RegexAnchorKind.TextEndOrLastBreak => at == _text.Length || at == _text.Length - 1 && _text[at] == '\n',
        RegexAnchorKind.WordBoundary => IsWord(at - 1) != IsWord(at),
        _ => IsWord(at - 1) == IsWord(at),
    };

    private readonly bool IsWord(int at) => at >= 0 && at < _text.Length && UnicodeClass.IsWord(_text[at]);

    private readonly bool Mark(long bit, int depth)
    {
        ref var word = ref _failed[bit >> 6];
        var mask = 1UL << (int)(bit & 63);
        if ((word & mask) != 0)
            return false;
        word |= mask;
        if (depth > 0)
            _trail.Add(bit);
        return true;
    }

    private readonly void Clear(long bit) => _failed[bit >> 6] &= ~(1UL << (int)(bit & 63));

    // A look or an atomic group that succeeded is asked again elsewhere: its marks are no failures.
    private readonly void Forget(int marks)
    {
        for (var i = marks; i < _trail.Count; i++)
            Clear(_trail[i]);
        _trail.RemoveRange(marks, _trail.Count - marks);
    }
}
