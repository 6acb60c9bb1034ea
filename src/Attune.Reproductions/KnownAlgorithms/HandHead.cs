namespace Attune.Reproductions;

/// <summary>One head: softmax(q·k) over the tokens up to its own, with q = Query·h, k = Key·h, and Value·h of the attended tokens added to the stream (output map included).</summary>
/// <param name="Query">[key size, width].</param>
/// <param name="Key">[key size, width].</param>
/// <param name="Value">[width, width], as the product of output and value map.</param>
internal sealed record HandHead(double[,] Query, double[,] Key, double[,] Value);
