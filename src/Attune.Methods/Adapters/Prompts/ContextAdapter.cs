using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>A context of frozen vectors with a trained difference, kept within a ball.</summary>
internal sealed class ContextAdapter(AdapterReader reader, ContextSettings settings, Parameter frozen, Parameter delta)
    : SoftPromptAdapter(reader, settings.Tokens.Count, (graph, _) => graph.Add(frozen.Value, graph.Use(delta)))
{
    public override IReadOnlyList<PromptTarget> PromptTargets { get; } =
        [.. Enumerable.Range(1, Math.Max(0, settings.Tokens.Count - 1)).Where(settings.IsLabel).Select(i => new PromptTarget(i - 1, settings.Tokens[i], settings.Weight(i)))];

    /// <summary>Moves every difference back into its ball; a label's has no room at all.</summary>
    public override void BeforeStep()
    {
        for (var i = 0; i < delta.Rows; i++)
        {
            var row = delta.Value[i];
            var norm = 0.0;
            foreach (var v in row)
                norm += (double)v * v;
            norm = Math.Sqrt(norm);
            var bound = settings.Bound(i, delta.Columns);
            if (norm > bound)
                foreach (ref var v in row)
                    v = (float)(v * (bound / norm));
        }
    }
}
