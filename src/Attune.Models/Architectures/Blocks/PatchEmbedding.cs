using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// From images to the first block's input (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021): every square of patch × patch pixels through one map, a class token
/// before them where there is one, learned positions, a norm.
/// </summary>
/// <param name="weight">[Width, channels · patch · patch].</param>
/// <param name="positions">A vector for each token.</param>
/// <param name="channels">Of an image.</param>
/// <param name="size">Pixels of an image's side.</param>
/// <param name="patch">Pixels of a patch's side.</param>
internal sealed class PatchEmbedding(VectorModule weight, VectorModule positions, int channels, int size, int patch)
{
    public VectorModule? Bias { get; init; }

    /// <summary>Stands before the patches; null: none does.</summary>
    public VectorModule? ClassToken { get; init; }

    public NormModule? Norm { get; init; }

    /// <summary>The row of positions of each token; null: one after another.</summary>
    public int[]? Places { get; init; }

    public int Width => weight.Rows;

    /// <summary>Patches of a side.</summary>
    public int Grid => size / patch;

    /// <summary>Tokens of an image.</summary>
    public int Tokens => Grid * Grid + (ClassToken is null ? 0 : 1);

    /// <summary>[images · Tokens, Width].</summary>
    /// <exception cref="AttuneException">An image has another size.</exception>
    public Tensor Apply(Graph graph, IReadOnlyList<ImagePixels> images, SiteSet? sites)
    {
        var patches = graph.Arena.Matrix(images.Count * Grid * Grid, channels * patch * patch);
        for (var i = 0; i < images.Count; i++)
            Unfold(images[i], patches, i * Grid * Grid);
        var x = graph.Product(patches, weight.Apply(graph, sites));
        if (Bias is not null)
            x = graph.AddBias(x, Bias.Apply(graph, sites));
        if (ClassToken is not null)
            x = Headed(graph, x, images.Count, sites);
        var table = positions.Apply(graph, sites).Reshape(positions.Length / Width, Width);
        x = graph.Add(x, graph.GatherRows(table, [.. Enumerable.Range(0, x.Rows).Select(r => Places?[r % Tokens] ?? r % Tokens)]));
        return Norm?.Apply(graph, x, sites) ?? x;
    }

    private Tensor Headed(Graph graph, Tensor x, int images, SiteSet? sites)
    {
        var rows = new int[images * Tokens];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = i % Tokens == 0 ? 0 : 1 + i / Tokens * (Tokens - 1) + i % Tokens - 1;
        return graph.GatherRows(graph.ConcatRows(ClassToken!.Apply(graph, sites).Reshape(1, Width), x), rows);
    }

    /// <summary>The pixels of each patch in a row, channel after channel.</summary>
    private void Unfold(ImagePixels image, Tensor patches, int first)
    {
        if (image.Channels != channels || image.Height != size || image.Width != size)
            throw new AttuneException(FormattableString.Invariant($"an image has {image.Channels} channels of {image.Height} × {image.Width} pixels, but the model sees {channels} of {size} × {size}; resize it"));
        var pixels = image.Values.Span;
        for (var p = 0; p < Grid * Grid; p++)
            for (var c = 0; c < channels; c++)
                for (var y = 0; y < patch; y++)
                    pixels.Slice((c * size + p / Grid * patch + y) * size + p % Grid * patch, patch).CopyTo(patches[first + p][((c * patch + y) * patch)..]);
    }
}
