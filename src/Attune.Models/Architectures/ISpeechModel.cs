using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>A model whose encoder reads spectrograms; its decoder is that of an <see cref="EncoderDecoderModel"/>.</summary>
public interface ISpeechModel
{
    /// <summary>Mel bands of a frame.</summary>
    int Mels { get; }

    /// <summary>The encoder's states of spectrograms.</summary>
    /// <param name="features">Log mel spectrograms one after another, frame by frame: [Σ frames, Mels].</param>
    /// <param name="frames">Frames of each.</param>
    /// <exception cref="AttuneException">A spectrogram is longer than the model's positions, or the numbers do not fit.</exception>
    EncodedSource EncodeSpeech(Graph graph, Tensor features, ReadOnlySpan<int> frames, SiteSet? sites);
}
