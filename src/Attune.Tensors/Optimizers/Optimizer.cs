using Attune.Tensors.Autograd;

namespace Attune.Tensors.Optimizers;

/// <summary>
/// Moves parameters along their gradients. Each parameter is added once, which allocates its state; then each step gives its value,
/// gradient and rate. Steps are counted for each parameter. The sums involved are per entry, so the same gradients give the same bits
/// on every vector width and number of threads.
/// </summary>
public abstract unsafe class Optimizer : IDisposable
{
    private readonly OptimizerOptions options;
    private readonly List<OptimizerSlot> slots = [];

    private protected Optimizer(OptimizerOptions options)
    {
        options.Check();
        this.options = options;
    }

    /// <summary>Bytes of state held for all parameters.</summary>
    public long StateBytes => slots.Sum(s => s.Parts.Sum(p => (long)p.Count * sizeof(float)));

    private string Kind => GetType().Name;

    /// <summary>Makes room for a parameter of <paramref name="rows"/> × <paramref name="columns"/>; returns its number.</summary>
    /// <param name="decays">False leaves weight decay out here, as is usual for biases and norms.</param>
    public int Add(string name, int rows, int columns, bool decays = true)
    {
        if (slots.Any(s => string.Equals(s.Name, name, StringComparison.Ordinal)))
            throw new ArgumentException($"{Kind}: the parameter '{name}' was added before");
        slots.Add(new OptimizerSlot(name, rows, columns, decays, [.. Parts(rows, columns)]));
        return slots.Count - 1;
    }

    /// <inheritdoc cref="Add(string, int, int, bool)"/>
    public int Add(Parameter parameter, bool decays = true) => Add(parameter.Name, parameter.Rows, parameter.Columns, decays);

    /// <summary>One step of parameter <paramref name="index"/>, in place. The gradient is left as it is.</summary>
    /// <param name="rate">The learning rate of this step.</param>
    public void Step(int index, Span<float> parameter, ReadOnlySpan<float> gradient, double rate)
    {
        var slot = slots[index];
        if (parameter.Length != slot.Count || gradient.Length != slot.Count)
            throw new ArgumentException($"{Kind}: '{slot.Name}' has {slot.Rows}×{slot.Columns} entries, got {parameter.Length} values and {gradient.Length} gradients");
        // The parameter and its state are read and written.
        using var _ = Profile.Measure(OperationKind.Optimizer, 0, 4L * slot.Count * (3 + 2 * slot.Parts.Count));
        slot.Steps++;
        fixed (float* p = parameter, g = gradient)
            Update(slot, p, g, rate);
    }

    /// <inheritdoc cref="Step(int, Span{float}, ReadOnlySpan{float}, double)"/>
    public void Step(int index, Parameter parameter, double rate) => Step(index, parameter.Value.Span, parameter.Gradient.Span, rate);

    /// <summary>Forgets what parameter <paramref name="index"/>'s steps have left: its state and their number are as when it was added.</summary>
    public void Reset(int index) => slots[index].Reset();

    /// <summary>A copy of the state of all parameters.</summary>
    public OptimizerState Save() => new(
        Kind,
        slots.ToDictionary(s => s.Name, s => s.Steps, StringComparer.Ordinal),
        slots.SelectMany(s => s.Parts.Select((p, i) => (Name: $"{s.Name}.{p.Name}", Values: s.Values(i).ToArray()))).ToDictionary(t => t.Name, t => t.Values, StringComparer.Ordinal));

    /// <summary>Takes over a saved state; the same parameters must have been added. Changes nothing if it does not fit.</summary>
    /// <exception cref="AttuneException">The state is another optimizer's, or lacks a parameter, or has another size.</exception>
    public void Load(OptimizerState state)
    {
        CheckFits(state);
        foreach (var slot in slots)
        {
            slot.Steps = state.Steps[slot.Name];
            for (var i = 0; i < slot.Parts.Count; i++)
                state.Tensors[$"{slot.Name}.{slot.Parts[i].Name}"].CopyTo(slot.Values(i));
        }
    }

    public virtual void Dispose()
    {
        foreach (var slot in slots)
            slot.Dispose();
        slots.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>The state's buffers for a parameter of this shape.</summary>
    private protected abstract IEnumerable<StatePart> Parts(int rows, int columns);

    private protected abstract void Update(OptimizerSlot slot, float* parameter, float* gradient, double rate);

    private protected void Run<TRule>(TRule rule, OptimizerSlot slot, float* parameter, float* gradient)
        where TRule : unmanaged, IUpdateRule =>
        UpdateKernel.Run(rule, slot, parameter, gradient, Sign);

    /// <summary>What the gradient is multiplied by: −1 to climb.</summary>
    private protected float Sign => options.Maximize ? -1 : 1;

    /// <summary>λ for this parameter.</summary>
    private protected double DecayOf(OptimizerSlot slot) => slot.Decays ? options.WeightDecay : 0;

    private void CheckFits(OptimizerState state)
    {
        const string Remedy = "resume with the options that the training began with, or start it anew";
        if (!string.Equals(state.Kind, Kind, StringComparison.Ordinal))
            throw new AttuneException($"the saved optimizer is {state.Kind} but this one is {Kind}; {Remedy}");
        if (state.Steps.Count != slots.Count)
            throw new AttuneException($"the saved optimizer has {state.Steps.Count} parameters but {slots.Count} are trained; {Remedy}");
        foreach (var slot in slots)
            foreach (var part in slot.Parts)
                if (!state.Steps.ContainsKey(slot.Name) || !state.Tensors.TryGetValue($"{slot.Name}.{part.Name}", out var values))
                    throw new AttuneException($"the saved optimizer lacks '{slot.Name}.{part.Name}'; {Remedy}");
                else if (values.Length != part.Count)
                    throw new AttuneException($"the saved optimizer has {values.Length} values for '{slot.Name}.{part.Name}' but {part.Count} are needed; {Remedy}");
        if (slots.Find(s => !state.Steps.ContainsKey(s.Name)) is { } missing)
            throw new AttuneException($"the saved optimizer lacks '{missing.Name}'; {Remedy}");
    }
}
