using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

public sealed partial class AdapterReader
{
    /// <summary>Whether the file has a tensor of that whole name.</summary>
    public bool Has(string name) => Folder.Tensors.ContainsKey(name);

    /// <summary>Whether <see cref="PeftFolder.StateName"/> has a tensor of that name.</summary>
    public bool HasState(string name) => Folder.State.ContainsKey(name);

    /// <summary>A tensor of the file as it stands there.</summary>
    /// <exception cref="AttuneException">It is missing.</exception>
    public PeftTensor Take(string name)
    {
        if (!Folder.Tensors.TryGetValue(name, out var tensor))
            throw Refused($"lacks the tensor '{name}'; the adapter is incomplete, or was made for another model than this {Model.Architecture}");
        taken.Add(name);
        return tensor;
    }

    /// <summary>A trained tensor of the file: [1, n] for a vector, [first, all others] for more than two axes.</summary>
    /// <param name="shape">What it must be; −1: any length.</param>
    /// <exception cref="AttuneException">It is missing or has another shape.</exception>
    public Parameter Trained(string name, params ReadOnlySpan<int> shape) => Trained(Checked(Take(name), shape));

    /// <summary>As <see cref="Trained(string, ReadOnlySpan{int})"/>, of a module's change.</summary>
    public Parameter Trained(AdapterTarget target, string part, params ReadOnlySpan<int> shape) => Trained(NameOf(target, part), shape);

    /// <summary>A trained tensor that stands in <see cref="PeftFolder.StateName"/> instead.</summary>
    public Parameter TrainedState(string name, params ReadOnlySpan<int> shape)
    {
        if (!Folder.State.TryGetValue(name, out var tensor))
            throw Refused($"lacks the tensor '{name}' in its {PeftFolder.StateName}; the adapter is incomplete");
        taken.Add(name);
        return Trained(Checked(tensor, shape));
    }

    /// <summary>A tensor of the file that is not trained.</summary>
    public Parameter Frozen(string name, params ReadOnlySpan<int> shape) => Matrix(Checked(Take(name), shape));

    /// <summary>As <see cref="Frozen(string, ReadOnlySpan{int})"/>, of a module's change.</summary>
    public Parameter Frozen(AdapterTarget target, string part, params ReadOnlySpan<int> shape) => Frozen(NameOf(target, part), shape);

    /// <summary>Numbers that the file does not hold, in native memory that lives as long as the adapter.</summary>
    public Parameter Constant(string name, int rows, int columns, ReadOnlySpan<float> values)
    {
        var matrix = new Parameter(name, rows, columns);
        values.CopyTo(matrix.Value.Span);
        owned.Add(matrix);
        return matrix;
    }

    /// <summary>Says that a tensor of the file is computed from parameters whenever the adapter is written; while they are as they were read it stays as it is.</summary>
    public void Derive(string name, Func<float[]> values, params ReadOnlySpan<int> shape)
    {
        Checked(Take(name), shape);
        Derived[name] = new DerivedTensor(values);
    }

    private Parameter Trained(PeftTensor tensor)
    {
        var parameter = Matrix(tensor);
        parameters.Add(parameter);
        return parameter;
    }

    private Parameter Matrix(PeftTensor tensor)
    {
        var rows = tensor.Shape.Count > 1 ? tensor.Shape[0] : 1;
        return Constant(tensor.Name, rows, rows == 0 ? 0 : tensor.Count / rows, tensor.Floats);
    }

    private PeftTensor Checked(PeftTensor tensor, ReadOnlySpan<int> shape)
    {
        var fits = tensor.Shape.Count == shape.Length;
        for (var i = 0; fits && i < shape.Length; i++)
            fits = shape[i] < 0 || shape[i] == tensor.Shape[i];
        return fits ? tensor
            : throw Refused(FormattableString.Invariant($"has the tensor '{tensor.Name}' with shape {tensor.ShapeText}, expected [{string.Join(", ", shape.ToArray()).Replace("-1", "any", StringComparison.Ordinal)}]; it was made for another model, or its configuration does not fit it"));
    }
}
