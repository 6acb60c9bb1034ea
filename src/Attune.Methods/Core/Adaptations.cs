namespace Attune.Methods;

/// <summary>Makes the adaptation of a fit, with its provenance.</summary>
public static class Adaptations
{
    public static Adaptation Of(this FitContext context, IMethod method, MethodOptions options, params IReadOnlyList<Intervention> interventions) =>
        new(context.Task, interventions, new Provenance(
            method.Card.Name,
            OptionsJson.Write(options),
            context.Task.Name,
            method.Card.View is ModelView.Text or ModelView.Transformer && context.Model is { } m ? $"{m.Name} {m.Description.Hash}" : "",
            (method.Card.View == ModelView.Encoder || method.Card.UsesEncoder) && context.Encoder is { } e ? $"{e.Name} {e.Description.Hash}" : "",
            context.Seed,
            context.Examples.Count,
            typeof(Adaptations).Assembly.GetName().Version!.ToString(3)));
}
