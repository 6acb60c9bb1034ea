using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>What an architecture is made of: its configuration under the names of config.json, and its weights under the names of a Hugging Face checkpoint.</summary>
internal sealed class ArchitectureContext(ConfigurationJson configuration, ModuleBuilder modules, ModelOptions? options = null)
{
    public ArchitectureContext(ConfigurationJson configuration, IWeightSource weights, ModelOptions? options = null)
        : this(configuration, new ModuleBuilder(weights), options)
    {
    }

    public ConfigurationJson Configuration => configuration;

    /// <summary>Takes the weights.</summary>
    public ModuleBuilder Modules => modules;

    public ModelOptions Options { get; } = options ?? new ModelOptions();

    /// <summary>What the class of the checkpoint computes behind the states.</summary>
    public ModelTask Task => ModelTasks.Of(Class);

    /// <summary>A part of this model that is an architecture by itself, with its own configuration and other names for its tensors.</summary>
    public ArchitectureContext Part(ConfigurationJson own, Func<string, string> rename) => new(own, new ModuleBuilder(modules, rename), Options);

    /// <summary>The first class that config.json names ("BertForMaskedLM"), or the model's type alone.</summary>
    public string Class => configuration.Texts("architectures") is [var first, ..] ? first : configuration.Text("model_type");

    /// <summary>The head that scores labels, from a pooled state or, without one, for each token.</summary>
    /// <param name="width">Columns of what it reads.</param>
    public LabelHead Labels(HeadModule? pooling, string name, int width, bool bias = true)
    {
        var names = configuration.Numbered("id2label");
        var count = names?.Length ?? configuration.OptionalInteger("num_labels") ?? 2;
        return new LabelHead(pooling, Modules.Linear(name, -1, count, width, bias)) { Labels = names ?? [] };
    }

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
