using System.Globalization;
using System.Text;

namespace Attune.Training.Pretraining;

/// <summary>README.md of a model that was trained here: on what, how much, how long, and what it cannot do.</summary>
internal static class ModelCard
{
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
        Line(text, $"A model of the architecture {plan.Configuration["model_type"]} with {parameters:#,0} parameters, a vocabulary of {plan.Configuration["vocab_size"]} tokens and a context of {plan.Context} tokens, trained {(plan.Start is null ? "from nothing " : "")}by `attune pretrain`.");
        if (plan.Start is { } start)
            Line(text, $"It began with the weights of the model `{StartWeights.ShortName(start)}` ({(CheckpointStore.IsCheckpoint(start) ? "state" : "model")}.safetensors with the SHA-256 {startHash}…), so what stands below is this training alone; what that model had read before stands in its own card.");
        text.Append("\n## Training\n");
        Line(text, $"- {step:#,0} steps of {plan.TokensPerStep:#,0} tokens: {(long)step * plan.TokensPerStep:#,0} tokens in all{(step < plan.Steps ? string.Create(CultureInfo.InvariantCulture, $" (stopped before the planned {plan.Steps:#,0} steps)") : "")}, in {Duration(seconds)}.");
        Line(text, $"- Optimizer: {(plan.Optimizer.Muon ? "Muon for the maps of the blocks, AdamW for the rest" : "AdamW")}, peak rate {plan.Optimizer.Rate}, {plan.Schedule.Shape.ToString().ToLowerInvariant()} schedule with {plan.Schedule.WarmUp} steps of warm-up; seed {plan.Seed}.");
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

    private static void Data(StringBuilder text, PretrainingRequest request, MixtureState state)
    {
        text.Append("\n## Data\n| source | share of the tokens | tokens read | tokens there are | use |\n|---|---|---|---|---|\n");
        var read = Math.Max(1, state.Tokens.Sum());
        for (var i = 0; i < request.Sources.Count; i++)
        {
            var source = request.Sources[i].Source;
            var there = source.Tokens is { } tokens ? tokens.ToString("#,0", CultureInfo.InvariantCulture) : "endless, made by rule";
            Line(text, $"| {source.Name} | {(double)state.Tokens[i] / read:0.0%} | {state.Tokens[i]:#,0} | {there} | {request.Card.DataLicences.GetValueOrDefault(source.Name, "not stated")} |");
        }
    }

    private static void Results(StringBuilder text, TrainingCurves curves)
    {
        if (curves.Last is not { } last)
            return;
        text.Append("\n## Held-out documents\n| documents | loss (nats a token) | tokens | right labels by labelled rows before them | chance |\n|---|---|---|---|---|\n");
        foreach (var set in last.Sets)
            Line(text, $"| {set.Set} | {set.Loss:0.000} | {set.Tokens:#,0} | {string.Join(", ", set.ByShots.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Shots}: {s.Share:0.00} ({s.Right} of {s.Count})")))} | {string.Join(", ", set.ByShots.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Chance:0.00}")))} |");
    }

    private static void Paragraph(StringBuilder text, string paragraph)
    {
        if (paragraph.Length > 0)
            text.Append(paragraph.Trim()).Append("\n\n");
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');

    private static string Duration(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{(seconds >= 3600 ? $"{(int)(seconds / 3600)} h {(int)(seconds % 3600 / 60)} min" : seconds >= 60 ? $"{(int)(seconds / 60)} min" : $"{seconds:0} s")}");
}
