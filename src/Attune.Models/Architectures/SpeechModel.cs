using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>An encoder-decoder that reads spectrograms.</summary>
internal sealed class SpeechModel(ModuleBuilder modules, SpeechFront front) : StackedEncoderDecoder(modules), ISpeechModel
{
    public int Mels => front.Mels;

    public EncodedSource EncodeSpeech(Graph graph, Tensor features, ReadOnlySpan<int> frames, SiteSet? sites)
    {
        var source = new TokenBatch { TakesPrefix = false };
        foreach (var count in frames)
            source.Add(new int[front.Length(count)]);
        var x = front.Apply(graph, features, frames, sites);
        if (sites is not null)
            foreach (var site in sites.Embeddings)
                x = site.Apply(graph, x, source);
        return Encoded(graph, Encoder.Forward(graph, x, source, sites), source);
    }

    public override EncodedSource Encode(Graph graph, TokenBatch source, SiteSet? sites) =>
        throw new AttuneException($"a model of the architecture '{Name}' reads speech, not text; give it a spectrogram");
}
