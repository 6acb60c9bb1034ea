using System.Text.Json;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Two adapters as one, beside PEFT's add_weighted_adapter.</summary>
[Trait("Category", "Goldens")]
public sealed class LoraCombinationGoldenTests
{
    public static TheoryData<string> Cases()
    {
        var data = new TheoryData<string>();
        foreach (var folder in Folders())
            foreach (var tensor in new GoldenTensors(Path.Combine(folder, "expected.safetensors")).Names.Where(n => n.StartsWith("logits_", StringComparison.Ordinal) && n != "logits_base"))
                data.Add(Path.GetFileName(folder) + "|" + tensor["logits_".Length..]);
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Of_TwoAdapters_LogitsAsPeft(string name)
    {
        Skip.If(name.Length == 0, "there are no goldens of combined adapters");
        var (folder, type) = (Folders().First(f => Path.GetFileName(f) == name.Split('|')[0]), name.Split('|')[1]);
        var json = GoldenJson.Read(Path.Combine(folder, "expected.json"));
        var tensors = new GoldenTensors(Path.Combine(folder, "expected.safetensors"));
        var parts = new[] { "a", "b" }.Select(n => PeftFolder.Read(Path.Combine(folder, n))).ToArray();
        var source = Path.Combine(Path.GetDirectoryName(folder)!, json.GetProperty("base").GetString()!);
        using var model = (CausalLanguageModel)ModelLoader.LoadTransformer(source);
        using var adapter = AdapterKinds.Read(Folder(type, parts, json, tensors), model);
        var sites = new SiteSet(model, "golden");
        adapter.Attach(sites);
        Near(model, sites, tensors, "logits_" + type);
    }

    /// <summary>What is random in PEFT stands in the golden.</summary>
    private static PeftFolder Folder(string type, PeftFolder[] parts, JsonElement json, GoldenTensors tensors)
    {
        if (type is "a" or "b")
            return parts[type == "a" ? 0 : 1];
        var options = json.GetProperty("combinations").GetProperty(type);
        var combined = LoraCombination.Of(parts, GoldenJson.Numbers(options.GetProperty("weights")), new LoraCombinationOptions
        {
            Type = options.TryGetProperty("combination_type", out var own) ? own.GetString()! : type,
            Density = GoldenJson.Number(options, "density", 1),
            ByFrequency = options.TryGetProperty("majority_sign_method", out var sign) && sign.GetString() == "frequency",
            SvdRank = options.TryGetProperty("svd_rank", out var rank) ? rank.GetInt32() : null,
        });
        return tensors.Names.Any(n => n.StartsWith(type + ".", StringComparison.Ordinal))
            ? new PeftFolder(combined.Configuration, combined.Tensors.Values.Select(t => PeftTensor.Of(t.Name, tensors.Shape(type + "." + t.Name), tensors.Floats(type + "." + t.Name))))
            : combined;
    }

    private static void Near(CausalLanguageModel model, SiteSet sites, GoldenTensors tensors, string name)
    {
        var (shape, expected, ids, valid) = (tensors.Shape(name), tensors.Floats(name), tensors.Ints("input_ids"), tensors.Ints("valid"));
        var mask = tensors.Ints("attention_mask");
        for (var row = 0; row < shape[0]; row++)
        {
            using var graph = new Graph(recording: false);
            var batch = new TokenBatch();
            int[] own = [.. Enumerable.Range(0, shape[1]).Where(c => mask[row * shape[1] + c] == 1)];
            batch.Add([.. own.Select(c => ids[row * shape[1] + c])]);
            var logits = model.Logits(graph, model.Forward(graph, batch, sites), batch, sites);
            for (var i = 0; i < own.Length; i++)
                for (var v = 0; v < shape[2] && valid[row * shape[1] + own[i]] == 1; v++)
                    Assert.True(Math.Abs(logits[i][v] - expected[(row * shape[1] + own[i]) * shape[2] + v]) <= 3e-5, FormattableString.Invariant($"{name} [{row}, {own[i]}, {v}]: {logits[i][v]}"));
        }
    }

    private static IEnumerable<string> Folders() => TestFolders.AllFixtures("adapters").SelectMany(Directory.EnumerateDirectories)
        .Where(f => File.Exists(Path.Combine(f, "expected.json")) && Directory.Exists(Path.Combine(f, "a")) && !File.Exists(Path.Combine(f, PeftFolder.ConfigurationName))).Order(StringComparer.Ordinal);
}
