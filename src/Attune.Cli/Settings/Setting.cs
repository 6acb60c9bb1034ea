using System.CommandLine;
using System.CommandLine.Parsing;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>A named choice of the user: an option of the command line, and a key of the run file.</summary>
internal abstract class Setting(string name)
{
    /// <summary>Without dashes: "bad-rows".</summary>
    public string Name => name;

    public string Flag => "--" + name;

    public abstract Option Option { get; }

    /// <summary>Whether it stands on the command line.</summary>
    public bool IsGiven(ParseResult parse) => parse.GetResult(Option) is { Implicit: false };
}

/// <summary>A choice with one value.</summary>
internal sealed class Setting<T> : Setting
{
    private readonly Func<string, T> parse;
    private readonly T unset;
    private readonly Option<T> option;

    /// <param name="valueName">What stands for the value in the help: "N".</param>
    /// <param name="meaning">One line for the help.</param>
    /// <param name="parse">Reads the value; an <see cref="AttuneException"/> says what is wrong with it.</param>
    /// <param name="unset">The value where nothing is given.</param>
    /// <param name="alias">A short form: "-o".</param>
    public Setting(string name, string valueName, string meaning, Func<string, T> parse, T unset, string? alias = null)
        : base(name)
    {
        this.parse = parse;
        this.unset = unset;
        option = new Option<T>(Flag, alias is null ? [] : [alias])
        {
            Description = meaning,
            HelpName = valueName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = ParseToken,
        };
    }

    public override Option Option => option;

    /// <summary>The command line's value, else the run file's, else the one for nothing given.</summary>
    /// <exception cref="AttuneException">The run file's value is wrong.</exception>
    public T Get(ParseResult result, RunFile? file = null)
    {
        if (IsGiven(result))
            return result.GetValue(option)!;
        return file?.Find(Name) is { } given ? Read(given.Text, given.Where) : unset;
    }

    private T Read(string text, string where)
    {
        try
        {
            return parse(text);
        }
        catch (AttuneException e)
        {
            throw new AttuneException($"{where}: {e.Message}", e.Kind, e);
        }
    }

    private T? ParseToken(ArgumentResult result)
    {
        try
        {
            return Read(result.Tokens[0].Value, Flag);
        }
        catch (AttuneException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }
}
