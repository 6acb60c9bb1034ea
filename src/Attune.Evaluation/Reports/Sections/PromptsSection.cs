using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>The exact prompt of each method for one test row, and what the task's template is.</summary>
internal static class PromptsSection
{
    /// <summary>Characters of all prompts together, which bounds the size of the page.</summary>
    private const int AllPrompts = 1_000_000;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("prompts", "What the model read");
        if (context.NoExamples)
            return section.Add(SectionParts.Note("Prompts hold texts of rows, which were left out, as asked."));
        section.Add(SectionParts.Note($"The whole prompt of each method for one test row, blank by blank; ▮ marks its end, where the answer's words are scored.{SectionParts.LeftOut(context)}"));
        return section.Add(context.Methods.Select(m => Prompt(m, AllPrompts / context.Methods.Count)));
    }

    private static Element Prompt(MethodView method, int limit)
    {
        var found = method.Seeds.SelectMany(s => s.Rows.Where(r => r.Prompt is not null).Select(r => (s.Seed, Row: r))).FirstOrDefault();
        if (found.Row?.Prompt is not { } prompt)
            return new Element("p").User(method.Title).Text(": no prompt was recorded, as of a method that does not prompt the language model.");
        var start = VisibleText.Start(prompt, limit);
        var summary = new Element("summary").User(method.Title).Text($" · seed {Units.Count(found.Seed)} · row ").User(found.Row.Id)
            .Text($" · {Units.Count(found.Row.PromptTokens, "token", "tokens")}{(found.Row.Overflow.Length > 0 ? " · " : "")}").User(found.Row.Overflow);
        return SectionParts.Details(summary,
            SectionParts.Exact(start, end: "▮"),
            start.Length == prompt.Length ? null : SectionParts.Note($"{Units.Count(prompt.Length - start.Length)} more characters are left out here; the predictions' file has them."),
            Tokens(found.Row, limit));
    }

    private static Element? Tokens(RowPrediction row, int limit)
    {
        if (row.Tokens is not { } tokens)
            return null;
        var text = VisibleText.Start(string.Join('│', tokens), limit);
        return SectionParts.Details(new Element("summary").Text("its tokens, with │ between them"), SectionParts.Exact(text, end: ""));
    }
}
