namespace Attune.Tensors.Kernels;

/// <summary>
/// What is added to the scores of attention, after scale and soft cap and before the mask: one number for each head, query and key. Positions of
/// queries and keys are those in their sequence, so that a query that decodes behind a cache finds the same number. −∞ hides a key; a query that sees none
/// gets NaN. The default adds nothing. Only numbers of pairs that the mask lets through are read.
/// </summary>
public readonly unsafe struct AttentionBias
{
    private readonly long headStride, rowStride, origin;

    private AttentionBias(Tensor values, long headStride, long rowStride, long origin, bool ofRows)
    {
        (Values, OfRows) = (values, ofRows);
        (this.headStride, this.rowStride, this.origin) = (headStride, rowStride, origin);
    }

    /// <summary>The numbers; they get a gradient where the tensor carries one.</summary>
    public Tensor Values { get; }

    /// <summary>Whether nothing is added.</summary>
    public bool IsEmpty => Values.IsEmpty;

    /// <summary>Whether every row of queries has numbers of its own; otherwise all sequences share them.</summary>
    internal bool OfRows { get; }

    /// <summary>
    /// The number of head h, query p and key j is table[h, j − p + <paramref name="zero"/>]: a bias that depends on the distance (T5, MPNet, ALiBi).
    /// </summary>
    /// <param name="table">[Heads, distances].</param>
    /// <param name="zero">The column of distance 0.</param>
    public static AttentionBias OfDistances(Tensor table, int zero) => new(table, table.Columns, -1, zero, ofRows: false);

    /// <summary>The number of head h and key j is table[h, j], whatever the query (ALiBi as Bloom and Falcon have it).</summary>
    /// <param name="table">[Heads, positions].</param>
    public static AttentionBias OfKeys(Tensor table) => new(table, table.Columns, 0, 0, ofRows: false);

    /// <summary>
    /// The number of head h, row r of q and key j of the row's sequence is matrix[r, h · width + j], with width = columns / heads at least as large as
    /// every sequence's number of keys; what stands behind a sequence's keys is not read (DeBERTa's disentangled attention; any mask as −∞).
    /// </summary>
    /// <param name="matrix">[rows of q, Heads · width].</param>
    /// <param name="heads">Heads of the queries.</param>
    public static AttentionBias OfPairs(Tensor matrix, int heads) => new(matrix, matrix.Columns / heads, matrix.Columns, 0, ofRows: true);

    /// <summary>Where the numbers of a segment's queries lie.</summary>
    internal AttentionBiasRows Rows(in AttentionSegment segment) => Rows(Values.Data, segment);

    /// <summary>The same of a matrix of the same form, as the gradient is.</summary>
    internal AttentionBiasRows Rows(float* data, in AttentionSegment segment) => data == null ? default : new()
    {
        Origin = data + origin + (OfRows ? (segment.QueryStart - segment.Past) * rowStride : 0),
        HeadStride = headStride,
        RowStride = rowStride,
    };

    /// <summary>Whether the numbers suffice for q of <paramref name="rows"/> rows at all.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    internal void Check(AttentionShape shape, int rows)
    {
        if (IsEmpty)
            return;
        if (!OfRows && Values.Rows != shape.Heads)
            throw new ArgumentException($"Attention: the bias is {Values}; one that sequences share needs a row for each of the {shape.Heads} heads");
        if (OfRows && (Values.Rows != rows || Values.Columns != headStride * shape.Heads))
            throw new ArgumentException($"Attention: the bias is {Values}; one of pairs needs a row for each of the {rows} queries and a multiple of {shape.Heads} columns");
    }

    /// <summary>Whether every number that a segment's queries read is there.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal void Check(AttentionShape shape, in AttentionSegment segment)
    {
        if (IsEmpty || segment.QueryCount == 0)
            return;
        // Bounds ascend with the position and distances descend, so the ends say all.
        var (first, last) = (segment.Past, segment.Past + segment.QueryCount - 1);
        var low = shape.Visible(last, segment.Keys).Low + (rowStride < 0 ? origin - last : 0);
        var high = rowStride < 0 ? shape.Visible(first, segment.Keys).High - first + origin : shape.Visible(last, segment.Keys).High;
        if (low < 0 || high > headStride)
            throw new ArgumentException($"Attention: the bias has {headStride} columns a head, but queries at the positions {first}…{last} over {segment.Keys} keys read the columns {low}…{high - 1}; make it larger");
    }
}
