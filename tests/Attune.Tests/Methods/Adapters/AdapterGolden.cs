using System.Text.Json;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Adapters;

/// <summary>A folder of the fixtures' adapters: the adapter, its base model, and what PEFT computes with both.</summary>
public sealed class AdapterGolden : IDisposable
{
    private readonly JsonElement json;

    private AdapterGolden(string folder)
    {
        Folder = folder;
        json = GoldenJson.Read(Path.Combine(folder, "expected.json"));
        Tensors = new GoldenTensors(Path.Combine(folder, "expected.safetensors"));
        Peft = PeftFolder.Read(folder);
        Skip.If(AdapterKinds.Find(Peft.PeftType) is null, $"{Name}: the kind {Peft.PeftType} is not known");
        var options = LayerReplication.Of(Peft) is { } layers ? new ModelOptions { RepeatedLayers = layers.Layers } : null;
        Model = ModelLoader.LoadTransformer(Path.Combine(folder, Peft.Configuration["base_model_name_or_path"]!.GetValue<string>()), options);
    }

    public string Folder { get; }

    public string Name => Path.GetFileName(Folder);

    public GoldenTensors Tensors { get; }

    public PeftFolder Peft { get; }

    public TransformerModel Model { get; }

    public string? MergedDifference => json.TryGetProperty("merged_difference", out var difference) && difference.ValueKind == JsonValueKind.Number ? difference.GetRawText() : null;

    public IReadOnlyDictionary<string, double> GradientNorms => json.GetProperty("gradient_norms").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());

    /// <summary>The folders that hold one adapter and what it computes.</summary>
    public static TheoryData<string> Names()
    {
        var data = new TheoryData<string>();
        foreach (var folder in Folders())
            data.Add(Path.GetFileName(folder));
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    public static AdapterGolden Open(string name)
    {
        Skip.If(name.Length == 0, "there are no goldens of adapters under the fixture folders");
        return new AdapterGolden(Folders().First(f => Path.GetFileName(f) == name));
    }

    /// <summary>The adapter; where its kind draws numbers from torch's generator that no file holds, with those of the golden.</summary>
    public PeftAdapter Read()
    {
        var adapter = AdapterKinds.Read(Peft, Model);
        foreach (var change in adapter.Changes.OfType<C3aChange>())
            change.InputGradientOfPeft = true;
        return adapter;
    }

    /// <summary>A forward pass over the golden's rows.</summary>
    /// <param name="adapter">What prepares the pass and adds to the loss, as in training; null: nothing.</param>
    /// <param name="head">Whose head scores labels, where it is not <paramref name="adapter"/>.</param>
    public AdapterPass Pass(Graph graph, SiteSet sites, PeftAdapter? adapter, PeftAdapter? head = null) => new(this, graph, sites, adapter, head ?? adapter);

    public void Dispose() => Model.Dispose();

    private static IEnumerable<string> Folders() => TestFolders.AllFixtures("adapters").SelectMany(Directory.EnumerateDirectories)
        .Where(f => File.Exists(Path.Combine(f, "expected.json")) && File.Exists(Path.Combine(f, PeftFolder.ConfigurationName))).Order(StringComparer.Ordinal);
}
