namespace Attune.Models.Tokenizers;

internal enum RegexOperation
{
    Set,
    Split,
    Jump,
    Anchor,
    Look,
    Atomic,
    Match,
}

/// <summary>
/// Split: tries First, then Second. Look and Atomic: the sub-program begins at First and ends in a Match; then Second follows;
/// Number is the length that a look behind goes back.
/// </summary>
internal readonly record struct RegexInstruction(
    RegexOperation Operation, int First = 0, int Second = 0, RuneSet? Set = null, RegexAnchorKind Anchor = default,
    bool Behind = false, bool Negative = false, int Number = 0);

/// <summary>Instructions, and for each Split its number among the splits.</summary>
internal sealed record RegexProgram(RegexInstruction[] Instructions, int Splits);

internal sealed class RegexCompiler
{
    private const int MaximumLength = 20_000;

    private readonly List<RegexInstruction> _code = [];
    private readonly string _source;
    private int _splits;

    private RegexCompiler(string source) => _source = source;

    public static RegexProgram Compile(string source)
    {
        var compiler = new RegexCompiler(source);
        compiler.Emit(RegexParser.Parse(source));
        compiler.Add(new RegexInstruction(RegexOperation.Match));
        return new RegexProgram([.. compiler._code], compiler._splits);
    }

    private int Add(RegexInstruction instruction)
    {
        if (_code.Count >= MaximumLength)
            throw RegexParser.Error(_source, $"repetitions that unfold to more than {MaximumLength} steps");
        _code.Add(instruction);
        return _code.Count - 1;
    }

    private void Emit(RegexNode node)
    {
        switch (node)
        {
            case RegexSet set: Add(new RegexInstruction(RegexOperation.Set, Set: set.Set)); break;
            case RegexAnchor anchor: Add(new RegexInstruction(RegexOperation.Anchor, Anchor: anchor.Kind)); break;
            case RegexSequence sequence:
                foreach (var part in sequence.Parts)
                    Emit(part);
                break;
            case RegexChoice choice: EmitChoice(choice); break;
            case RegexRepeat repeat: EmitRepeat(repeat); break;
            case RegexAtomic atomic: EmitSub(new RegexInstruction(RegexOperation.Atomic), atomic.Part); break;
            case RegexLook look: EmitLook(look); break;
        }
    }

    private void EmitChoice(RegexChoice choice)
    {
        var exits = new List<int>();
        for (var i = 0; i < choice.Options.Count - 1; i++)
        {
            var split = AddSplit();
            Emit(choice.Options[i]);
            exits.Add(Add(new RegexInstruction(RegexOperation.Jump)));
            SetSplit(split, split + 1, _code.Count);
        }
        Emit(choice.Options[^1]);
        foreach (var exit in exits)
            _code[exit] = _code[exit] with { First = _code.Count };
    }

    private void EmitRepeat(RegexRepeat repeat)
    {
        for (var i = 0; i < repeat.Minimum; i++)
            Emit(repeat.Part);
        if (repeat.Maximum is null)
        {
            var loop = AddSplit();
            Emit(repeat.Part);
            Add(new RegexInstruction(RegexOperation.Jump, loop));
            SetSplit(loop, loop + 1, _code.Count, repeat.Lazy);
            return;
        }
        var splits = new List<int>();
        for (var i = repeat.Minimum; i < repeat.Maximum; i++)
        {
            splits.Add(AddSplit());
            Emit(repeat.Part);
        }
        foreach (var split in splits)
            SetSplit(split, split + 1, _code.Count, repeat.Lazy);
    }

    private void EmitLook(RegexLook look)
    {
        var length = look.Behind ? Length(look.Part) : 0;
        if (length is null)
            throw RegexParser.Error(_source, "a look behind of varying length");
        EmitSub(new RegexInstruction(RegexOperation.Look, Behind: look.Behind, Negative: look.Negative, Number: length.Value), look.Part);
    }

    private void EmitSub(RegexInstruction instruction, RegexNode part)
    {
        var at = Add(instruction);
        Emit(part);
        Add(new RegexInstruction(RegexOperation.Match));
        _code[at] = instruction with { First = at + 1, Second = _code.Count };
    }

    private int AddSplit() => Add(new RegexInstruction(RegexOperation.Split, Number: _splits++));

    private void SetSplit(int at, int first, int second, bool swap = false) =>
        _code[at] = swap ? _code[at] with { First = second, Second = first } : _code[at] with { First = first, Second = second };

    private static int? Length(RegexNode node) => node switch
    {
        RegexSet => 1,
        RegexSequence s => s.Parts.Aggregate((int?)0, (sum, p) => sum + Length(p)),
        RegexChoice c => c.Options.Select(Length).Distinct().ToList() is [var one] ? one : null,
        RegexRepeat r => r.Minimum == r.Maximum ? r.Minimum * Length(r.Part) : null,
        RegexAtomic a => Length(a.Part),
        _ => 0,
    };
}
