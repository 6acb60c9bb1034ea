namespace Attune.Methods.Adapters;

/// <summary>A tensor of an adapter's file that is computed from its parameters.</summary>
internal sealed class DerivedTensor(Func<float[]> compute)
{
    private float[] first = [];

    /// <summary>Notes what the parameters give as they were read.</summary>
    public void Begin() => first = compute();

    /// <summary>The tensor with what the parameters give now; as it was read where that is the same as then, for rounding may differ.</summary>
    public PeftTensor Apply(PeftTensor tensor)
    {
        var now = compute();
        return now.AsSpan().SequenceEqual(first) && (tensor.HasIntegers || tensor.Floats.ContainsAnyExcept(0f)) ? tensor : tensor.With(now);
    }
}
