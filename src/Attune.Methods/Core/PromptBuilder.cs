using Attune.Data;
using Attune.Models;
using Attune.Models.Generation;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>
/// Turns template, demonstrations and input into the tokens that the model sees, plain or as turns of its chat template, and keeps them
/// within the context by the policy that the user chose. Text of rows never becomes a special token.
/// </summary>
public sealed class PromptBuilder(LanguageModel model, PromptTemplate template, OverflowPolicy overflow)
{
    private readonly Dictionary<string, int[]> labels = new(StringComparer.Ordinal);

    public PromptTemplate Template => template;

    /// <summary>
    /// The tokens of each label's words behind a prompt. If the tokens of one begin those of another, all get the demonstration separator's first
    /// token at their end: otherwise the shorter could never lose.
    /// </summary>
    /// <exception cref="AttuneException">A label has no tokens, or two labels have the same.</exception>
    public int[][] Labels(IReadOnlyList<string> names)
    {
        var tokens = names.Select(Label).ToArray();
        for (var i = 0; i < tokens.Length; i++)
            for (var j = 0; j < i; j++)
                if (template.LabelScore == LabelScore.FirstToken ? tokens[i][0] == tokens[j][0] : tokens[i].AsSpan().SequenceEqual(tokens[j]))
                    throw new AttuneException($"the labels '{names[j]}' and '{names[i]}' have the same {(template.LabelScore == LabelScore.FirstToken ? "first token" : "tokens")}; give them different words in the template");
        return OneBeginsAnother(tokens) ? [.. tokens.Select(t => (int[])[.. t, EndOfLabel()])] : tokens;
    }

    /// <summary>The prompt of one row, within the context together with <paramref name="room"/> other positions: a label's tokens, and what an intervention sets before the prompt.</summary>
    public BuiltPrompt Build(IReadOnlyList<Example> demonstrations, Input input, int room)
    {
        var (text, tokens) = Encode(demonstrations, input);
        var limit = model.ContextLength - room;
        if (tokens.Length <= limit)
            return new BuiltPrompt(tokens, text, "", false) { Demonstrations = demonstrations };
        switch (overflow)
        {
            case OverflowPolicy.Drop:
                return new BuiltPrompt([], text, "dropped", true);
            case OverflowPolicy.DropShots:
                for (var drop = 1; drop <= demonstrations.Count; drop++)
                {
                    Example[] left = [.. demonstrations.Skip(drop)];
                    (text, var fewer) = Encode(left, input);
                    if (fewer.Length <= limit)
                        return new BuiltPrompt(fewer, text, $"dropped {drop} shots", false) { Demonstrations = left };
                }
                throw new ContextOverflowException(Encode([], input).Tokens.Length + room, model.ContextLength);
            case OverflowPolicy.Truncate:
                var cut = tokens.Length - limit;
                var kept = template.Style == PromptStyle.Plain ? model.Beginning.Count : 0;
                return new BuiltPrompt([.. tokens[..kept], .. tokens[(kept + cut)..]], text, $"truncated {cut} tokens", false) { Demonstrations = demonstrations };
            default:
                throw new ContextOverflowException(tokens.Length + room, model.ContextLength);
        }
    }

    private (string Text, int[] Tokens) Encode(IReadOnlyList<Example> demonstrations, Input input)
    {
        if (template.Style == PromptStyle.Plain)
        {
            var plain = template.RenderPlain(demonstrations, input);
            return (plain, model.EncodePlain(plain));
        }
        if (model.ChatTemplate is not { } chat)
            throw new AttuneException($"the model {model.Name} has no chat template; use the plain prompt style");
        var turns = template.RenderTurns(demonstrations, input);
        return EncodeChat(chat, turns);
    }

    /// <summary>Whole where no turn holds the text of a special token; otherwise the turns' texts apart from the template's.</summary>
    private (string Text, int[] Tokens) EncodeChat(Models.ChatTemplates.ChatTemplate chat, IReadOnlyList<PromptTurn> turns)
    {
        var text = model.RenderChat(chat, [.. turns.Select(t => (t.Role, t.Content))]);
        if (!turns.Any(t => HoldsSpecial(t.Content)))
            return (text, model.Tokenizer.Encode(text, addSpecial: false));
        // Private-use characters hold the places of the contents.
        var marked = model.RenderChat(chat, [.. turns.Select((t, i) => (t.Role, $"\uE000{i}\uE001"))]);
        var tokens = new List<int>();
        foreach (var piece in marked.Split('\uE000'))
        {
            var end = piece.IndexOf('\uE001');
            if (end >= 0)
                tokens.AddRange(model.Tokenizer.Encode(turns[int.Parse(piece.AsSpan(0, end), System.Globalization.CultureInfo.InvariantCulture)].Content, addSpecial: false, parseSpecial: false));
            tokens.AddRange(model.Tokenizer.Encode(piece[(end + 1)..], addSpecial: false));
        }
        return (text, [.. tokens]);
    }

    private bool HoldsSpecial(string text) =>
        !model.Tokenizer.Encode(text, addSpecial: false).AsSpan().SequenceEqual(model.Tokenizer.Encode(text, addSpecial: false, parseSpecial: false));

    private int[] Label(string name)
    {
        if (labels.TryGetValue(name, out var known))
            return known;
        var words = template.RenderLabel(name);
        var tokens = model.Tokenizer.Encode(words, addSpecial: false, parseSpecial: false);
        if (tokens.Length == 0)
            throw new AttuneException($"the label '{name}' has no tokens; give it words in the template");
        return labels[name] = tokens;
    }

    private int EndOfLabel()
    {
        var separator = model.Tokenizer.Encode(template.Style == PromptStyle.Chat ? "\n" : template.DemonstrationSeparator, addSpecial: false, parseSpecial: false);
        return separator.Length > 0 ? separator[0]
            : throw new AttuneException("one label's words begin another's and the template has no demonstration separator that could end them; set one, or other words");
    }

    private static bool OneBeginsAnother(int[][] tokens)
    {
        foreach (var a in tokens)
            foreach (var b in tokens)
                if (a.Length < b.Length && b.AsSpan(0, a.Length).SequenceEqual(a))
                    return true;
        return false;
    }
}
