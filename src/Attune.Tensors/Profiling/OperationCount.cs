namespace Attune.Tensors;

/// <summary>Float operations, 2 for each multiply-add, by the numbers that are multiplied.</summary>
public readonly record struct OperationCount(long Float32, long BFloat16 = 0, long Int8 = 0)
{
    public long Total => Float32 + BFloat16 + Int8;

    /// <summary>The numbers of most of them.</summary>
    public NumberKind Numbers => Int8 > Math.Max(Float32, BFloat16) ? NumberKind.Int8 : BFloat16 > Float32 ? NumberKind.BFloat16 : NumberKind.Float32;

    public static OperationCount In(NumberKind numbers, long operations) => numbers switch
    {
        NumberKind.Int8 => new(0, 0, operations),
        NumberKind.BFloat16 => new(0, operations),
        _ => new(operations),
    };

    public static OperationCount operator +(OperationCount a, OperationCount b) => new(a.Float32 + b.Float32, a.BFloat16 + b.BFloat16, a.Int8 + b.Int8);
}
