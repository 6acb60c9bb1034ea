using Attune.Tensors;

namespace Attune.Methods;

/// <summary>A method with options of its own type.</summary>
public abstract class Method<TOptions> : IMethod
    where TOptions : MethodOptions, new()
{
    public abstract MethodCard Card { get; }

    public MethodOptions DefaultOptions => new TOptions();

    public Adaptation Fit(FitContext context, MethodOptions options)
    {
        if (options is not TOptions own)
            throw new ArgumentException($"{Card.Name} takes {typeof(TOptions).Name}, not {options.GetType().Name}");
        context.Cancellation.ThrowIfCancellationRequested();
        if (context.Examples.Count < Card.LeastRows)
            throw new AttuneException($"{Card.Name} needs at least {Card.LeastRows} labelled rows and has {context.Examples.Count}; give it shots");
        return Fit(context, own);
    }

    protected abstract Adaptation Fit(FitContext context, TOptions options);
}
