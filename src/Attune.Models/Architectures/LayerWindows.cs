using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Which layers see a window only: layer_types in new configurations, a rule of the class in older ones.</summary>
internal static class LayerWindows
{
    /// <summary>The window of each layer; 0: it sees everything before it.</summary>
    /// <param name="window">Tokens that a sliding layer sees, itself included; null: none is given.</param>
    /// <param name="slides">Which layers slide where the configuration has no layer_types.</param>
    /// <exception cref="ModelFileException">layer_types does not fit, or a layer slides and no window is given.</exception>
    public static int[] Read(ConfigurationJson c, int layers, int? window, Func<int, bool> slides)
    {
        var types = c.Texts("layer_types");
        if (types is not null && types.Length != layers)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has {types.Length} layer_types for {layers} layers; give one for each"));
        var windows = new int[layers];
        for (var i = 0; i < layers; i++)
            if (types is null ? slides(i) : Slides(c, types[i]))
                windows[i] = window is > 0 and var w ? w : throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' lets layer {i} slide but has no positive 'sliding_window'; give its width"));
        return windows;
    }

    /// <summary>sliding_window; where the key is absent what the class has.</summary>
    public static int? Window(ConfigurationJson c, int? otherwise = null) => c.Mentions("sliding_window") ? c.OptionalInteger("sliding_window") : otherwise;

    private static bool Slides(ConfigurationJson c, string type) => type switch
    {
        "sliding_attention" => true,
        "full_attention" => false,
        _ => throw new ModelFileException($"'{c.Path}' has the layer type '{type}' in 'layer_types'; known are full_attention and sliding_attention"),
    };
}
