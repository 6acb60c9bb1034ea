using Attune.Models.Architectures;
using Attune.Models.Sites;

namespace Attune.Methods.Adapters;

/// <summary>What an adapter hangs on a model's weights.</summary>
internal sealed class AdapterSites
{
    public List<(LinearModule Module, IWeightSite Site)> Weights { get; } = [];

    public List<(VectorModule Module, IVectorSite Site)> Vectors { get; } = [];

    public List<(TableModule Module, ITableSite Site)> Tables { get; } = [];

    public IEnumerable<object> All => [.. Tables.Select(t => (object)t.Site), .. Weights.Select(w => (object)w.Site), .. Vectors.Select(v => (object)v.Site)];

    public void Attach(SiteSet sites)
    {
        foreach (var (module, site) in Weights)
            sites.Add(module, site);
        foreach (var (module, site) in Vectors)
            sites.Add(module, site);
        foreach (var (module, site) in Tables)
            sites.Add(module, site);
    }
}
