using System.Text.Json.Nodes;
using Attune.Models.Sites;

namespace Attune.Methods;

/// <summary>
/// One thing that an adaptation does, at one site, with what it carries. Immutable. It says where it acts by the interfaces that it has:
/// <see cref="IPromptIntervention"/>, <see cref="IModelIntervention"/>, <see cref="IScoreIntervention"/>, <see cref="IHeadIntervention"/>.
/// A kind is found by its name when a saved adaptation is loaded; it needs a static method
/// <c>Load(JsonObject description, TensorBag tensors)</c>.
/// </summary>
public abstract class Intervention
{
    public abstract SiteKind Site { get; }

    /// <summary>One line for a person: "steers 30 layers, strength 0.1".</summary>
    public abstract string Summary { get; }

    /// <summary>Numbers that were trained.</summary>
    public virtual long TrainedParameters => 0;

    /// <summary>Writes everything but tensors as JSON, tensors into the bag.</summary>
    public abstract JsonObject Save(TensorBag tensors);
}
