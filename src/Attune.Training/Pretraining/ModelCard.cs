using System.Globalization;
using System.Text;

namespace Attune.Training.Pretraining;

/// <summary>README.md of a model that was trained here: on what, how much, how long, and what it cannot do.</summary>
internal static class ModelCard
{
    private const string Before = "what that model had read before stands in its own card";

    public static string Write(PretrainingRequest request, long parameters, int step, MixtureState state, TrainingCurves curves, double seconds, string? startHash)
    {
        var (plan, card, text) = (request.Plan, request.Card, new StringBuilder());
        text.Append("---\n");
        if (card.Language is { } language)
            text.Append("language: ").Append(language).Append('\n');
        if (card.Licence is { } licence)
            text.Append("license: ").Append(licence).Append('\n');
        text.Append("pipeline_tag: text-generation\n---\n\n# ").Append(plan.Name).Append("\n\n");
        Paragraph(text, card.Description);
        var sizes = string.Create(CultureInfo.InvariantCulture, $"{parameters:#,0} parameters, a vocabulary of {plan.Configuration["vocab_size"]} tokens and a context of {plan.Context} tokens");
        Line(text, $"A model of the architecture {plan.Configuration["model_type"]} with {sizes}, trained {(plan.Start is null ? "from nothing " : "")}by `attune pretrain`.");
        if (plan.Start is { } start)
            Began(text, start, startHash);
        text.Append("\n## Training\n");
        var stopped = step < plan.Steps ? string.Create(CultureInfo.InvariantCulture, $" (stopped before the planned {plan.Steps:#,0} steps)") : "";
        Line(text, $"- {step:#,0} steps of {plan.TokensPerStep:#,0} tokens: {(long)step * plan.TokensPerStep:#,0} tokens in all{stopped}, in {Duration(seconds)}.");
        var (optimizer, schedule) = (plan.Optimizer.Muon ? "Muon for the maps of the blocks, AdamW for the rest" : "AdamW", plan.Schedule.Shape.ToString().ToLowerInvariant());
        Line(text, $"- Optimizer: {optimizer}, peak rate {plan.Optimizer.Rate}, {schedule} schedule with {plan.Schedule.WarmUp} steps of warm-up; seed {plan.Seed}.");
        if (plan.Average is { } average)
            Line(text, $"- The weights are an exponential average over the steps (decay {average}).");
        if (plan.LabelWeight > 0)
            Line(text, $"- The tokens of labels count {plan.LabelWeight} times their mean loss in addition.");
        Data(text, request, state);
        Results(text, curves);
        if (card.Limits.Length > 0)
            Paragraph(text.Append("\n## Limits\n"), card.Limits);
        return text.ToString();
    }

    private static void Began(StringBuilder text, string start, string? hash)
    {
        var name = StartWeights.ShortName(start);
        if (CheckpointStore.IsCheckpoint(start))
            Line(text, $"It began with the weights of the checkpoint `{name}` (state.safetensors with the SHA-256 {hash}…); what stands below is this training alone, without the steps before.");
        else
            Line(text, $"It began with the weights of the model `{name}` (model.safetensors with the SHA-256 {hash}…), so what stands below is this training alone; {Before}.");
    }

    private static void Data(StringBuilder text, PretrainingRequest request, MixtureState state)
    {
        text.Append("\n## Data\n| source | share of the tokens | tokens read | tokens there are | use |\n|---|---|---|---|---|\n");
        var read = Math.Max(1, state.Tokens.Sum());
        for (var i = 0; i < request.Sources.Count; i++)
        {
            var source = request.Sources[i].Source;
            var there = source.Tokens is { } tokens ? tokens.ToString("#,0", CultureInfo.InvariantCulture) : "endless, made by rule";
            var use = request.Card.DataLicences.GetValueOrDefault(source.Name, source.Tokens is null ? "free: made by Attune's rules" : "not stated");
            Line(text, $"| {source.Name} | {(double)state.Tokens[i] / read:0.0%} | {state.Tokens[i]:#,0} | {there} | {use} |");
        }
    }

    private static void Results(StringBuilder text, TrainingCurves curves)
    {
        if (curves.Last is not { } last)
            return;
        text.Append("\n## Held-out documents\n| documents | loss (nats a token) | tokens | right labels by labelled rows before them | chance |\n|---|---|---|---|---|\n");
        foreach (var set in last.Sets)
            Line(text, $"| {set.Set} | {set.Loss:0.000} | {set.Tokens:#,0} | {List(set, s => $"{s.Shots}: {s.Share:0.00} ({s.Right} of {s.Count})")} | {List(set, s => $"{s.Chance:0.00}")} |");
    }

    private static string List(HeldOutResult set, Func<ShotAccuracy, FormattableString> write) => string.Join(", ", set.ByShots.Select(s => FormattableString.Invariant(write(s))));

    private static void Paragraph(StringBuilder text, string paragraph)
    {
        if (paragraph.Length > 0)
            text.Append(paragraph.Trim()).Append("\n\n");
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');

    private static string Duration(double seconds) => seconds switch
    {
        >= 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {(int)(seconds % 3600 / 60)} min"),
        >= 60 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
    };
}
