using Attune.Tensors;

namespace Attune.Models;

/// <summary>An image as a model reads it: numbers [Channels, Height, Width], resized and normalised as the model's processor does.</summary>
public sealed class ImagePixels
{
    /// <exception cref="AttuneException">There are not Channels · Height · Width numbers.</exception>
    public ImagePixels(int channels, int height, int width, ReadOnlyMemory<float> values)
    {
        if (channels < 1 || height < 1 || width < 1 || values.Length != (long)channels * height * width)
            throw new AttuneException(FormattableString.Invariant($"an image of {channels} channels, {height} × {width} pixels, has {values.Length} numbers; give one for each channel and pixel"));
        (Channels, Height, Width, Values) = (channels, height, width, values);
    }

    public int Channels { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Channel after channel, row after row.</summary>
    public ReadOnlyMemory<float> Values { get; }
}
