using System.Collections;

namespace Attune.Models.Files;

/// <summary>
/// An array in GGUF metadata. <see cref="Values"/> is a .NET array of the element's own type
/// (<c>string[]</c>, <c>int[]</c>, <c>float[]</c>, …; <c>GgufArray[]</c> for arrays of arrays).
/// </summary>
public sealed record GgufArray(GgufValueType ElementType, Array Values)
{
    public int Count => Values.Length;

    /// <summary>An array of a .NET type that GGUF has; the element type follows from it.</summary>
    /// <exception cref="ArgumentException">GGUF has no such type.</exception>
    public static GgufArray Of<T>(T[] values) => new(GgufValue.TypeOf(typeof(T)), values);

    /// <summary>Same element type and same elements in the same order.</summary>
    public bool Equals(GgufArray? other) => other is not null && ElementType == other.ElementType
        && StructuralComparisons.StructuralEqualityComparer.Equals(Values, other.Values);

    public override int GetHashCode() => HashCode.Combine(ElementType, Values.Length);
}
