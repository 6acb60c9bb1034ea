using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Keys and values before every layer's own.</summary>
/// <param name="slice">The numbers of a slice on a graph [tokens, width]: 2l are layer l's keys, 2l + 1 its values.</param>
internal sealed class PrefixAdapter(AdapterReader reader, int tokens, int width, Func<Graph, int, Tensor> slice) : PeftAdapter(reader)
{
    /// <summary>Layers that a prefix stands before: a decoder's, where there are two parts.</summary>
    public static int LayersOf(TransformerModel model) => model is EncoderDecoderModel both ? both.DecoderLayers : model.Layers;

    public override void Attach(SiteSet sites)
    {
        base.Attach(sites);
        var layers = LayersOf(Model);
        // What a cache takes lies in memory of its own.
        var fixedOnes = new Parameter("prefix", 2 * layers * tokens, width);
        using var graph = new Graph(recording: false);
        Tensor Fixed(int number, int source)
        {
            var part = fixedOnes.Value.Slice(number * tokens, tokens);
            slice(graph, source).Span.CopyTo(part.Span);
            return part;
        }
        sites.Prefix = new KeyValuePrefix(tokens, [.. Enumerable.Range(0, layers).Select(l => Fixed(2 * l, Slice(l)))], [.. Enumerable.Range(0, layers).Select(l => Fixed(2 * l + 1, Slice(l) + 1))])
        {
            Owner = fixedOnes, Trained = (g, layer) => (slice(g, Slice(layer)), slice(g, Slice(layer) + 1)),
        };
    }

    public override MergedWeights Merge() => throw CannotMerge("its keys and values stand before the tokens'");

    /// <summary>
    /// The slice of a layer's keys. In a model of two parts PEFT cuts the slices in runs of four a layer and reads them around, so that layer l takes 4l modulo their number.
    /// </summary>
    private int Slice(int layer) => Model is EncoderDecoderModel ? 4 * layer % (2 * LayersOf(Model)) : 2 * layer;
}
