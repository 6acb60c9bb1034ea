using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// An adapter on a model: trained parameters under the names that they have in PEFT's file, what they hang on the model's sites, and what becomes of
/// the weights when they are merged. A kind that does more than change weights derives from it.
/// </summary>
public class PeftAdapter : IDisposable
{
    private readonly AdapterReader reader;

    /// <param name="reader">After the kind has taken from it all that it knows.</param>
    public PeftAdapter(AdapterReader reader) => this.reader = reader;

    public TransformerModel Model => reader.Model;

    /// <summary>What is trained, named as in the file.</summary>
    public IReadOnlyList<Parameter> Parameters => reader.Parameters;

    /// <summary>The parameters of a head that the model itself does not have, under their names behind "base_model.model.": "classifier.weight".</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Head => reader.Head;

    /// <summary>What hangs on the model's weights.</summary>
    internal IEnumerable<object> Changes => reader.Sites.All;

    /// <summary>Hangs the adapter on sites of its model.</summary>
    public virtual void Attach(SiteSet sites) => reader.Sites.Attach(sites);

    /// <summary>Scores of a classifier's labels, by the head that the adapter brings, which no merging puts into the model: [sequences, labels], or [M, labels] for labels of tokens.</summary>
    /// <param name="states">What the model, an encoder, computed of the batch.</param>
    /// <exception cref="AttuneException">The model is no encoder, or the head is of a kind that is not known.</exception>
    public Tensor Classify(Graph graph, Tensor states, TokenBatch batch, SiteSet? sites) => AdapterHead.Scores(reader, graph, states, batch, sites);

    /// <summary>After each backward pass: changes of the gradients that a method wants, in place.</summary>
    public virtual void AfterBackward()
    {
    }

    /// <summary>Says that the parameters will not change any more, so that what they give can be computed once.</summary>
    public virtual void Fix()
    {
        foreach (var site in reader.Sites.All.OfType<IFixable>())
            site.Fix();
    }

    /// <summary>What training adds to the loss [1, 1]; null: nothing.</summary>
    public virtual Tensor? Penalty(Graph graph) => null;

    /// <summary>Tokens of the adapter's own prompt that training predicts beside the labels.</summary>
    public virtual IReadOnlyList<PromptTarget> PromptTargets => [];

    /// <summary>Before each step of training, and before the first: projections of parameters that a method wants.</summary>
    public virtual void BeforeStep()
    {
    }

    /// <summary>The changed weights of the model with the adapter in them.</summary>
    /// <exception cref="AttuneException">The adapter has no form as weights; the message says why.</exception>
    public virtual MergedWeights Merge()
    {
        var weights = new MergedWeights(BaseName);
        try
        {
            foreach (var site in reader.Sites.All)
                if (site is IMergeable mergeable)
                    mergeable.Merge(weights);
                else
                    throw CannotMerge("it changes what tokens see, not weights");
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>The adapter as PEFT has it, with the numbers that the parameters have now.</summary>
    public PeftFolder ToFolder()
    {
        var byName = Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        return reader.Folder.With(t => reader.Derived.TryGetValue(t.Name, out var derived) && !byName.ContainsKey(t.Name) ? derived.Apply(t)
            : byName.TryGetValue(t.Name, out var parameter) ? t.With(parameter.Value.Span) : t);
    }

    /// <summary>Writes the folder for PEFT: names, shapes, types and configuration as they were read.</summary>
    public virtual void Write(string folder) => ToFolder().Write(folder);

    public virtual void Dispose()
    {
        reader.Abandon();
        GC.SuppressFinalize(this);
    }

    /// <summary>The name in the checkpoint of a tensor's name in the model; other only where layers are repeated.</summary>
    protected virtual string BaseName(string name) => name;

    /// <summary>"… cannot be merged: REASON".</summary>
    protected AttuneException CannotMerge(string reason) => new($"'{reader.Folder.Path}' ({reader.Folder.PeftType}) cannot be merged into the weights: {reason}; use it beside the model");
}
