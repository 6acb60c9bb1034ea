using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>What an architecture is made of: its configuration under the names of config.json, and its weights under the names of a Hugging Face checkpoint.</summary>
internal sealed class ArchitectureContext(ConfigurationJson configuration, IWeightSource weights, ModelOptions? options = null)
{
    public ConfigurationJson Configuration => configuration;

    /// <summary>Takes the weights.</summary>
    public ModuleBuilder Modules { get; } = new(weights);

    public ModelOptions Options { get; } = options ?? new ModelOptions();

    /// <summary>The first class that config.json names ("BertForMaskedLM"), or the model's type alone.</summary>
    public string Class => configuration.Texts("architectures") is [var first, ..] ? first : configuration.Text("model_type");

    /// <summary>
    /// Longest sequence: what the configuration says, or where frequencies follow the batch's longest, as far as they are meant to stretch.
    /// </summary>
    public int Length(int configured, RopeSettings rope) =>
        rope.Scaling == RopeScaling.Dynamic && Options.RopeLength == RopeLength.Batch ? (int)(configured * rope.Factor) : configured;

    /// <summary>The first of some prefixes under which <paramref name="name"/> stands in the file; the last where it stands nowhere.</summary>
    public string Prefix(string name, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
            if (Modules.Has(prefix + name))
                return prefix;
        return prefixes[^1];
    }
}
