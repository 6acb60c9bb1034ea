using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Tensors;

namespace Attune.Data;

public sealed partial record PromptTemplate
{
    private static readonly (string Name, LabelScore Score)[] ScoreNames =
        [("sum", LabelScore.Sum), ("mean-per-token", LabelScore.MeanPerToken), ("first-token", LabelScore.FirstToken), ("pmi", LabelScore.Pmi)];

    private static readonly (string Name, PromptStyle Style)[] StyleNames =
        [("plain", PromptStyle.Plain), ("chat", PromptStyle.Chat)];

    internal static readonly string[] Keys =
    [
        "input", "instruction", "use_instruction", "words", "instruction_separator", "demonstration_separator",
        "label_score", "pmi_text", "style",
    ];

    /// <summary>
    /// The task's template with what the object sets in its place. An instruction that is set is also used, unless
    /// use_instruction says otherwise; words for some labels leave the others' as they are. Placeholders and words are checked.
    /// </summary>
    /// <exception cref="AttuneException">A key is unknown, a value has the wrong type, or the template does not fit the task.</exception>
    public static PromptTemplate FromJson(JsonElement json, TaskSpec task)
    {
        var template = task.Template.With(json);
        template.Check(task);
        return template;
    }

    /// <summary>This template with what the object sets; nothing is checked against a task.</summary>
    internal PromptTemplate With(JsonElement json)
    {
        var fields = new JsonFields(json, "The template");
        fields.RequireKnown(Keys);
        var instruction = fields.Text("instruction");
        return this with
        {
            InputTemplate = fields.Text("input") ?? InputTemplate,
            Instruction = instruction ?? Instruction,
            UseInstruction = fields.Flag("use_instruction") ?? (instruction is null ? UseInstruction : instruction.Length > 0),
            InstructionSeparator = fields.Text("instruction_separator") ?? InstructionSeparator,
            DemonstrationSeparator = fields.Text("demonstration_separator") ?? DemonstrationSeparator,
            Verbalizer = fields.Map("words") is { } words ? Verbalizer.With(words) : Verbalizer,
            LabelScore = Choice(fields, "label_score", ScoreNames) ?? LabelScore,
            PmiText = fields.Text("pmi_text") ?? PmiText,
            Style = Choice(fields, "style", StyleNames) ?? Style,
        };
    }

    /// <summary>Everything the template holds, in the keys that <see cref="FromJson"/> reads; equal texts mean equal templates.</summary>
    public JsonObject ToJson()
    {
        var words = new JsonObject();
        foreach (var (label, text) in Verbalizer.Words.OrderBy(w => w.Key, StringComparer.Ordinal))
            words[label] = text;
        return new JsonObject
        {
            ["input"] = InputTemplate,
            ["instruction"] = Instruction,
            ["use_instruction"] = UseInstruction,
            ["words"] = words,
            ["instruction_separator"] = InstructionSeparator,
            ["demonstration_separator"] = DemonstrationSeparator,
            ["label_score"] = ScoreNames.First(s => s.Score == LabelScore).Name,
            ["pmi_text"] = PmiText,
            ["style"] = StyleNames.First(s => s.Style == Style).Name,
        };
    }

    private static T? Choice<T>(JsonFields fields, string key, (string Name, T Value)[] known)
        where T : struct
    {
        if (fields.Text(key) is not { } text)
            return null;
        foreach (var (name, value) in known)
        {
            if (name == text)
                return value;
        }

        throw new AttuneException($"The template has '{text}' under '{key}'; expected one of {TextList.Quote(known.Select(k => k.Name))}.");
    }
}
