namespace Attune.Models.Files;

/// <summary>The low-rank change of one tensor: W [outputs, inputs] becomes W + scale·B·A, and an embedding table its transpose.</summary>
/// <param name="Tensor">The name of the changed tensor in the model's GGUF file: <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Rank">Rows of A, columns of B.</param>
/// <param name="Inputs">Columns of A; of <c>token_embd.weight</c> the tokens.</param>
/// <param name="Outputs">Rows of B; of <c>token_embd.weight</c> the hidden size.</param>
/// <param name="A">[rank, inputs].</param>
/// <param name="B">[outputs, rank].</param>
public sealed record GgufLoraFactors(string Tensor, int Rank, int Inputs, int Outputs, float[] A, float[] B)
{
    /// <summary>The same change with the rows of B in another order: row i of the result is row <paramref name="sourceRow"/>(i).</summary>
    internal GgufLoraFactors Reordered(Func<int, int> sourceRow)
    {
        var rows = new float[B.Length];
        for (var i = 0; i < Outputs; i++)
            B.AsSpan(sourceRow(i) * Rank, Rank).CopyTo(rows.AsSpan(i * Rank));
        return this with { B = rows };
    }
}
