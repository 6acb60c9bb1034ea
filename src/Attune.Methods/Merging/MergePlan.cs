using System.Text.Json.Nodes;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Saving;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Merging;

/// <summary>What an adaptation makes of a model's weights, ready to be written.</summary>
public sealed class MergePlan : IDisposable
{
    private readonly IDisposable?[] owned;

    private MergePlan(IReadOnlyList<TensorChange> changes, params IDisposable?[] owned) => (Changes, this.owned) = (changes, owned);

    /// <summary>Usable until the plan is disposed of.</summary>
    public IReadOnlyList<TensorChange> Changes { get; }

    /// <param name="attached">The model's sites with the adaptation's interventions.</param>
    /// <exception cref="AttuneException">The adaptation acts elsewhere, or has no form as weights; the message says why.</exception>
    public static MergePlan Of(Adaptation adaptation, LanguageModel model, SiteSet attached)
    {
        var other = adaptation.Interventions.FirstOrDefault(i => i.Site != SiteKind.Weights && i is not AdapterIntervention);
        if (other is not null)
            throw new AttuneException($"the adaptation {other.Summary}, which is no change of weights, so it cannot be merged; use it beside the model");
        return adaptation.Interventions is [AdapterIntervention adapter] ? OfAdapter(adapter.Folder, model, attached) : new MergePlan(WeightMerge.Of(attached, model.Transformer));
    }

    public void Dispose()
    {
        foreach (var one in owned)
            one?.Dispose();
    }

    private static MergePlan OfAdapter(PeftFolder folder, LanguageModel model, SiteSet attached)
    {
        if (folder.Configuration["layer_replication"] is JsonArray { Count: > 0 })
            throw new AttuneException("the adapter repeats layers of the model, which a merge into the model's own layout cannot; use it beside the model");
        var adapter = AdapterKinds.Read(folder, model.Transformer);
        MergedWeights? merged = null;
        try
        {
            if (adapter.Head.Count > 0)
                throw new AttuneException($"the adapter brings a head of its own ({adapter.Head[0].Name}), which a language model's files have no place for; use it beside the model");
            merged = adapter.Merge();
            return new MergePlan(WeightMerge.Of(merged, attached, model.Transformer), merged, adapter);
        }
        catch
        {
            merged?.Dispose();
            adapter.Dispose();
            throw;
        }
    }
}
