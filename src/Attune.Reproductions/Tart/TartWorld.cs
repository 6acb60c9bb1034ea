using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Reproductions.Texts;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.Tart;

/// <summary>The frozen models and the tasks of a run.</summary>
internal sealed class TartWorld : IDisposable
{
    /// <summary>What of each field is read, by all rows alike.</summary>
    private const int Characters = 100;

    private readonly List<IDisposable> owned = [];

    private TartWorld(CausalLanguageModel language, Func<IReadOnlyList<PromptRow>, float[][]> encode, Func<string, int, PromptTask> task) =>
        (Language, Encode, Task) = (language, encode, task);

    public CausalLanguageModel Language { get; }

    /// <summary>An embedding of each text by itself.</summary>
    public Func<IReadOnlyList<PromptRow>, float[][]> Encode { get; }

    /// <summary>A binary task, by its name and the seed, which says which topic of the news stands against the rest.</summary>
    public Func<string, int, PromptTask> Task { get; }

    public static TartWorld Open(ReproductionContext context)
    {
        if (context.Scale == RunScale.Smoke)
            return Tiny(context);
        var language = ModelLoader.LoadLanguageModel(context.Model("smollm2-135m-instruct"), cacheBytes: 1 << 20);
        var encoder = ModelLoader.LoadEncoder(context.Model("minilm-l6-v2"));
        var read = new Dictionary<string, PromptTask>(StringComparer.Ordinal);
        PromptTask Task(string name, int seed)
        {
            var against = name == "agnews" ? new[] { "world", "sports", "business", "technology" }[seed % 4] : null;
            var key = name + against;
            return read.TryGetValue(key, out var known) ? known : read[key] = PromptTask.Read(context.Data(name), language, Characters, against);
        }
        return new TartWorld(language.Transformer, rows => encoder.Embed([.. rows.Select(r => r.Text)], cancel: context.Cancel), Task) { owned = { language, encoder } };
    }

    public void Dispose()
    {
        foreach (var one in owned)
            one.Dispose();
    }

    /// <summary>A model with initial weights, which serves as encoder too.</summary>
    private static TartWorld Tiny(ReproductionContext context)
    {
        var model = TinyTask.Model(context.Random(0, "tiny model"));
        float[][] Encode(IReadOnlyList<PromptRow> rows)
        {
            using var graph = new Graph(recording: false);
            var batch = new TokenBatch();
            foreach (var row in rows)
                batch.Add(row.Input);
            var pooled = graph.MeanPool(model.Forward(graph, batch, null), batch.Lengths());
            return [.. Enumerable.Range(0, rows.Count).Select(i => pooled[i].ToArray())];
        }
        return new TartWorld(model, Encode, (name, _) => TinyTask.Create(context.Random(0, "tiny " + name), 60)) { owned = { model } };
    }
}
