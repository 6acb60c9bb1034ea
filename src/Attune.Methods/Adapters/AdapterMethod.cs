using Attune.Models;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>
/// A method of the catalog that trains an adapter of one of PEFT's kinds on the labelled rows: the kind's file says how an adapter begins and how it reads; training,
/// saving, loading and exporting are the same for all.
/// </summary>
public abstract class AdapterMethod<TOptions> : Method<TOptions>
    where TOptions : AdapterOptions, new()
{
    /// <summary>Value of peft_type in adapter_config.json.</summary>
    public abstract string PeftType { get; }

    /// <summary>The first configuration and tensors, as the paper or PEFT has them, into <paramref name="start"/>.</summary>
    /// <exception cref="AttuneException">An option is out of its bounds.</exception>
    protected abstract void Begin(AdapterStart start, TOptions options);

    /// <summary>The maps that the adapter changes, as <see cref="AdapterStart"/> takes them; null: none.</summary>
    protected virtual IReadOnlyList<string>? Targets(TOptions options) => options.Targets;

    /// <summary>What is particular to training: dropout, for one. Given back when training ends.</summary>
    protected virtual IDisposable? Training(PeftAdapter adapter, FitContext context, TOptions options) => null;

    protected override Adaptation Fit(FitContext context, TOptions options)
    {
        AdapterTraining.Check(Card.Name, options);
        var model = context.RequireModel(Card.Name);
        using var adapter = Start(context, model, options);
        IReadOnlyList<string> notes;
        using (Training(adapter, context, options))
            notes = AdapterTraining.Run(Card.Name, context, model, adapter, options);
        return context.Of(this, options, new AdapterIntervention(adapter.ToFolder())) with { Notes = notes };
    }

    /// <summary>The adapter before training.</summary>
    internal PeftAdapter Start(FitContext context, LanguageModel model, TOptions options)
    {
        var start = new AdapterStart(context, model, Card.Name, PeftType, Targets(options));
        Begin(start, options);
        return AdapterKinds.Read(start.ToFolder(), model.Transformer);
    }

    /// <exception cref="AttuneException">The value is below 1.</exception>
    protected void RequirePositive(string option, int value)
    {
        if (value < 1)
            throw new AttuneException(FormattableString.Invariant($"{Card.Name}: {option} is {value}; it must be at least 1"));
    }
}
