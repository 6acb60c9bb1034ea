using Attune.Models.Sites;

namespace Attune.Methods.Adapters;

/// <summary>An adapter of PEFT's kind LORA.</summary>
/// <param name="layers">The base's layers that the adapter repeats; null: as they are.</param>
/// <param name="readsTokens">Whether what it does depends on the tokens.</param>
internal sealed class LoraAdapter(AdapterReader reader, LayerReplication? layers, bool readsTokens) : PeftAdapter(reader)
{
    public override void Attach(SiteSet sites)
    {
        base.Attach(sites);
        sites.ReadsTokens |= readsTokens;
    }

    protected override string BaseName(string name) => layers?.BaseName(name) ?? name;
}
