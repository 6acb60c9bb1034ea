namespace Attune.Methods.Adapters;

/// <summary>
/// A kind of adapter that PEFT's folders hold: one file with the formula, found by being there. A kind is usually a method of the catalog too
/// (<see cref="AdapterMethod{TOptions}"/>).
/// </summary>
public interface IAdapterKind
{
    /// <summary>Value of peft_type in adapter_config.json: "LORA".</summary>
    string PeftType { get; }

    /// <summary>
    /// The adapter on the reader's model. Asks the reader for every configuration key that it knows and every tensor that it uses; what is left is
    /// refused by name.
    /// </summary>
    /// <exception cref="Attune.Tensors.AttuneException">The configuration asks for something that is not known, or the tensors do not fit the model.</exception>
    PeftAdapter Read(AdapterReader reader);
}
