using System.CommandLine;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>A choice that is on where it stands.</summary>
internal sealed class FlagSetting : Setting
{
    private readonly Option<bool> option;

    public FlagSetting(string name, string meaning, params string[] aliases)
        : base(name) => option = new Option<bool>(Flag, aliases) { Description = meaning, Arity = ArgumentArity.Zero };

    public override Option Option => option;

    /// <exception cref="AttuneException">The run file's value is neither true nor false.</exception>
    public bool Get(ParseResult result, RunFile? file = null)
    {
        if (IsGiven(result))
            return true;
        return file?.Find(Name) is { } given && given.Text switch
        {
            "true" => true,
            "false" => false,
            _ => throw new AttuneException($"{given.Where}: '{given.Text}' is neither true nor false"),
        };
    }
}
