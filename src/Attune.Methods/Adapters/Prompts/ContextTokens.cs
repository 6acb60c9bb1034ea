using Attune.Data;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Labelled rows as the tokens of a context, with what each token is.</summary>
internal static class ContextTokens
{
    /// <summary>As many rows, balanced, as leave half the model's context to the query.</summary>
    /// <exception cref="AttuneException">Not even one does.</exception>
    public static (int[] Tokens, int[] Types) Of(AdapterStart start, int most)
    {
        var context = start.Context;
        var builder = new PromptBuilder(start.Model, context.Task.Template, OverflowPolicy.Truncate);
        var rows = Prompt.DemonstrationDraw.Draw(context.Examples, Math.Min(most, context.Examples.Count), balanced: context.Task.Kind == TaskKind.Classification, context.Random("context"));
        var (tokens, types) = (new List<int>(), new List<int>());
        var separator = start.Model.Tokenizer.Encode(context.Task.Template.DemonstrationSeparator, addSpecial: false, parseSpecial: false);
        var number = 0;
        foreach (var row in rows)
        {
            var (text, label) = Row(builder, context, row);
            if (tokens.Count + text.Length + label.Length + separator.Length > start.Model.ContextLength / 2)
                continue;
            tokens.AddRange([.. text, .. label, .. separator]);
            types.AddRange(Enumerable.Repeat(4 * number + 2, text.Length));
            types.AddRange(Enumerable.Repeat(4 * number + 4, label.Length));
            types.AddRange(Enumerable.Repeat(4 * number + 3, separator.Length));
            number++;
        }
        return number > 0 ? ([.. tokens], [.. types]) : throw new AttuneException($"{start.Method}: no labelled row leaves half of the model's context to the query; give shorter rows");
    }

    private static (int[] Text, int[] Label) Row(PromptBuilder builder, FitContext context, Example row)
    {
        var labels = context.Task.Kind == TaskKind.MultipleChoice ? row.Input.Choices! : context.Labels;
        var label = builder.Labels(labels)[labels.ToList().IndexOf(row.Label)];
        return (builder.Build([], row.Input, label.Length).Tokens, label);
    }
}
